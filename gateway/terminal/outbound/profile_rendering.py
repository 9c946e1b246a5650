"""Draws a profile: the score on each scale, how certain it is, and what all layers mean in everyday words."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from gateway.presentation import layer_words, profile_words
from gateway.presentation.texts.texts import Texts
from schema.profile.layers import DynamicLevel, Level, Profile, TraitLevel
from schema.profile_vocabulary import Dynamic
from schema.vocabulary import Trait


class LevelBar:
    """A scale with the person's score and the band of its uncertainty."""

    def __init__(self, level: Level) -> None:
        self._level = level

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        last = options.max_width - 1
        place = round(self._level.score * last)
        low, high = profile_words.band(self._level.score, self._level.confidence)
        doubtful = range(round(low * last), round(high * last) + 1)
        scale = Text()
        for cell in range(options.max_width):
            if cell == place:
                scale.append("●", style="bold magenta")
            else:
                scale.append(*(("▒", "magenta") if cell in doubtful else ("─", "dim")))
        yield scale


def portrait(profile: Profile, texts: Texts, *, answers_told: int | None = None) -> RenderableType:
    """Draws a profile in the person's language.

    `answers_told` is the number of answers that the person has just read. It is not repeated.
    """
    if profile.empty:
        return Text(texts.say("profile-empty"))
    parts: list[RenderableType] = []
    if profile.offline:
        parts += [Text(texts.say("profile-offline"), style="dim"), Text()]
    if profile.answers != answers_told:
        parts += [Text(texts.say("profile-basis", answers=profile.answers), style="dim"), Text()]
    visible, dynamics = profile_words.visible(profile), layer_words.dynamics(profile)
    shown: list[tuple[Trait | Dynamic, TraitLevel | DynamicLevel | None]] = []
    if visible:
        shown += [(trait, visible.get(trait)) for trait in Trait]
    else:
        # What follows begins with a blank line, but for scales.
        parts += [Text(texts.say("profile-no-traits")), *([Text()] if dynamics else [])]
    shown += [(level.dynamic, level) for level in dynamics]
    parts += _scales(shown, profile.answers, texts)
    parts += [_section(section) for section in layer_words.sections(profile, texts)]
    if unknown := layer_words.unknown(profile, texts):
        parts.append(Text(f"\n{unknown}", style="dim"))
    parts += _list("profile-patterns", profile.patterns, texts)
    parts += _list("profile-insights", profile.insights[-profile_words.NEWEST_INSIGHTS :], texts)
    return Group(*parts, Text("\n" + texts.say("profile-sketch"), style="dim"))


def _scales(
    shown: Sequence[tuple[Trait | Dynamic, TraitLevel | DynamicLevel | None]], answers: int, texts: Texts
) -> list[RenderableType]:
    ends = {of: profile_words.ends(of, texts) for of, level in shown if level}
    if not ends:
        return []
    widths = [max(map(cell_len, words)) for words in zip(*ends.values(), strict=True)]
    rows: list[RenderableType] = []
    for of, level in shown:
        name = Text(profile_words.name(of, texts), style="bold")
        if not level:
            rows += [name.append(f" · {profile_words.how_sure(0, texts)}", style="not bold dim"), Text()]
            continue
        low, high = ends[of]
        scale = Table.grid(expand=True, padding=(0, 1, 0, 0))
        scale.add_column(width=widths[0], style="dim")
        scale.add_column(ratio=1)
        scale.add_column(width=widths[1], style="dim")
        scale.add_row(low, LevelBar(level), high)
        rows += [_in_words(name, profile_words.where(of, level.score, texts), level, answers, texts), scale, Text()]
    return [*rows, Text(texts.say("profile-legend"), style="dim")]


def _in_words(name: Text, where: str, level: TraitLevel | DynamicLevel, answers: int, texts: Texts) -> Text:
    beside = [
        profile_words.how_sure(level.confidence, texts),
        texts.say("trait-evidence", answers=level.evidence, all=answers),
        *filter(None, [profile_words.movement(level.evolution, texts)]),
    ]
    name.append(f" · {' · '.join(beside)}\n", style="not bold dim")
    return name.append(where, style="not bold")


def _section(section: layer_words.Section) -> Text:
    if section.sentences:
        sentences = "".join(f"\n• {words}" for words in section.words)
        return Text(f"\n{section.heading}", style="bold").append(sentences, style="not bold")
    return Text(f"\n{section.heading}: ", style="bold").append(", ".join(section.words), style="not bold")


def _list(heading: str, items: Sequence[str], texts: Texts) -> list[RenderableType]:
    if not items:
        return []
    return [Text(f"\n{texts.say(heading)}", style="bold"), *(Text(f"• {item}") for item in items)]
