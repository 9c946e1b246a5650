"""A profile, drawn: where a person stands on each trait, how sure that is, and what it means in everyday words."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from gateway.profile_words import NEWEST_INSIGHTS, band, how_sure, movement, where
from gateway.texts import Texts
from schema.profile import Profile, TraitLevel


class TraitBar:
    """A scale with the person's place on it, and the band that the place may be wrong by."""

    def __init__(self, level: TraitLevel) -> None:
        self._level = level

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        last = options.max_width - 1
        place = round(self._level.score * last)
        low, high = band(self._level.score, self._level.confidence)
        doubtful = range(round(low * last), round(high * last) + 1)
        scale = Text()
        for cell in range(options.max_width):
            if cell == place:
                scale.append("●", style="bold magenta")
            else:
                scale.append(*(("▒", "magenta") if cell in doubtful else ("─", "dim")))
        yield scale


def portrait(profile: Profile, texts: Texts, *, answers_told: int | None = None) -> RenderableType:
    """A profile in a person's language, as honest about what is not known as about what is.

    `answers_told` is the number of answers that the person has just read of; the same is not said twice.
    """
    if profile.empty:
        return Text(texts.say("profile-empty"))
    parts: list[RenderableType] = []
    if profile.answers != answers_told:
        parts += [Text(texts.say("profile-basis", answers=profile.answers), style="dim"), Text()]
    if profile.traits:
        parts += _traits(profile.traits, texts)
    else:
        parts.append(Text(texts.say("profile-no-traits")))
    parts += _list("profile-patterns", profile.patterns, texts)
    parts += _list("profile-insights", profile.insights[-NEWEST_INSIGHTS:], texts)
    notes = [texts.say("profile-sketch"), *([texts.say("profile-offline")] if profile.offline else [])]
    return Group(*parts, Text("\n" + "\n".join(notes), style="dim"))


def _traits(levels: Sequence[TraitLevel], texts: Texts) -> list[RenderableType]:
    names = {level.trait: texts.say(f"trait-{level.trait}") for level in levels}
    rows: list[RenderableType] = []
    for level in levels:
        heading = Table.grid(expand=True, padding=(0, 2, 0, 0))
        heading.add_column(width=max(map(cell_len, names.values())))
        heading.add_column(ratio=1)
        heading.add_row(Text(names[level.trait], style="bold"), TraitBar(level))
        rows += [heading, _in_words(level, texts), Text()]
    return [*rows, Text(texts.say("profile-legend"), style="dim")]


def _in_words(level: TraitLevel, texts: Texts) -> Text:
    evidence = [
        how_sure(level.confidence, texts),
        texts.say("trait-evidence", answers=level.evidence),
        *filter(None, [movement(level.evolution, texts)]),
    ]
    return Text(where(level.trait, level.score, texts)).append(f" · {' · '.join(evidence)}", style="dim")


def _list(heading: str, items: Sequence[str], texts: Texts) -> list[RenderableType]:
    if not items:
        return []
    return [Text(f"\n{texts.say(heading)}", style="bold"), *(Text(f"• {item}") for item in items)]
