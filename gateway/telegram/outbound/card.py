"""Draws the profile card as a picture for phones, and describes it in text for people who can't see it."""

from __future__ import annotations

from gateway.presentation import layer_words, profile_words
from gateway.presentation.texts.texts import Texts
from gateway.telegram.outbound.pictures import DESCRIPTION_LIMIT, Form, clipped, draw, settable
from schema.base_model import Model, UnitInterval
from schema.profile.layers import DynamicLevel, Profile, TraitLevel
from schema.profile_vocabulary import Dynamic, Theme
from schema.vocabulary import Evolution, Trait

_MOST_PATTERNS = 3
_LONGEST_PATTERN = 120
_LEAST_WORTH_CLIPPING = 60
"""Characters of room below which a section of the description is left out rather than clipped."""


class _Row(Model):
    """One scale of the card. Its descriptions are empty when nothing is known."""

    of: Trait | Dynamic
    name: str
    ends: tuple[str, str]
    known: bool
    sure: str
    basis: str = ""
    where: str = ""
    movement: str = ""
    evolution: Evolution = Evolution.UNSETTLED
    score: UnitInterval = 0.5
    low: UnitInterval = 0
    high: UnitInterval = 1


class _Card(Model):
    """The input of the template, in the person's language."""

    language: str
    theme: Theme
    title: str
    basis: str
    draft: str
    """The words that it is a draft; empty when only language models read the answers."""
    nothing: str
    """The text to show instead when no trait is known."""
    traits: list[_Row]
    dynamics: list[_Row]
    legend: str
    sections: list[layer_words.Section]
    unknown: str
    heading: str
    patterns: list[str]
    note: str


def draw_card(profile: Profile, texts: Texts, form: Form = "png", theme: Theme = Theme.LIGHT) -> bytes:
    """Draws the card; see `draw`. The same profile gives the same bytes."""
    return draw("card", _card(profile, texts, theme), form)


def describe_card(profile: Profile, texts: Texts, *, answers_told: int | None = None) -> str:
    """Describes the card in plain text of at most `DESCRIPTION_LIMIT` characters.

    `answers_told` is the number of answers that the person has just read below a heading. Neither is repeated. A
    portrait of many layers is told more briefly, and what still has no room is left out from its end on: a person may
    ask about each value by itself.
    """
    card = _card(profile, texts, Theme.LIGHT)
    parts = [card.title] if answers_told is None else []
    if not card.basis:
        return "\n\n".join([*parts, card.nothing])
    if profile.offline:
        parts.append(texts.say("profile-offline"))
    if profile.answers != answers_told:
        parts.append(texts.say("profile-basis", answers=profile.answers))
    whole = [*parts, *_scales(card, texts), *_others(card), card.note]
    if len("\n\n".join(whole)) <= DESCRIPTION_LIMIT:
        return "\n\n".join(whole)
    parts += _scales(card, texts, brief=bool(card.dynamics or card.sections))
    for words in _others(card):
        room = DESCRIPTION_LIMIT - len("\n\n".join([*parts, "", card.note]))
        if len(words) <= room or room >= _LEAST_WORTH_CLIPPING:
            parts.append(clipped(words, room))
    return "\n\n".join([*parts, card.note])


def _scales(card: _Card, texts: Texts, *, brief: bool = False) -> list[str]:
    traits = card.nothing or "\n".join(_in_words(row, texts, brief=brief) for row in card.traits)
    # Only dynamics that are clear enough are told at all.
    dynamics = "\n".join(f"{row.name}: {row.where}." if brief else _in_words(row, texts) for row in card.dynamics)
    return [traits, *([dynamics] if dynamics else [])]


def _others(card: _Card) -> list[str]:
    told = "\n".join(section.in_words for section in card.sections)
    patterns = f"{card.heading}: {'; '.join(card.patterns)}" if card.patterns else ""
    return [words for words in (told, card.unknown, patterns) if words]


def _in_words(row: _Row, texts: Texts, *, brief: bool = False) -> str:
    if not row.known:
        return texts.say("card-trait-unknown", trait=row.name)
    sure = f"{row.sure}, {row.movement}" if row.movement else row.sure
    if brief:
        return texts.say("card-trait-brief", trait=row.name, where=row.where, sure=sure)
    return texts.say("card-trait", trait=row.name, where=row.where, sure=sure, basis=row.basis)


def _card(profile: Profile, texts: Texts, theme: Theme) -> _Card:
    nothing = "profile-empty" if profile.empty else "profile-no-traits"
    visible = profile_words.visible(profile)
    dynamics = layer_words.dynamics(profile)
    return _Card(
        language=texts.locale,
        theme=theme,
        title=texts.say("profile-title"),
        basis="" if profile.empty else texts.say("card-basis", answers=profile.answers),
        draft=texts.say("card-offline") if profile.offline and not profile.empty else "",
        nothing="" if visible else texts.say(nothing),
        traits=[_row(trait, visible.get(trait), profile, texts) for trait in Trait],
        dynamics=[_row(level.dynamic, level, profile, texts) for level in dynamics],
        legend=texts.say("card-legend") if visible or dynamics else "",
        sections=layer_words.sections(profile, texts),
        unknown=layer_words.unknown(profile, texts),
        heading=texts.say("profile-patterns"),
        patterns=_patterns(profile),
        note="" if profile.empty else texts.say("profile-sketch"),
    )


def _row(of: Trait | Dynamic, level: TraitLevel | DynamicLevel | None, profile: Profile, texts: Texts) -> _Row:
    name, ends = profile_words.name(of, texts), profile_words.ends(of, texts)
    if level is None:
        return _Row(of=of, name=name, ends=ends, known=False, sure=profile_words.how_sure(0, texts))
    low, high = profile_words.band(level.score, level.confidence)
    return _Row(
        of=of,
        name=name,
        ends=ends,
        known=True,
        sure=profile_words.how_sure(level.confidence, texts),
        basis=texts.say("trait-evidence", answers=level.evidence, all=profile.answers),
        where=profile_words.where(of, level.score, texts),
        evolution=level.evolution,
        movement=profile_words.movement(level.evolution, texts),
        score=level.score,
        low=low,
        high=high,
    )


def _patterns(profile: Profile) -> list[str]:
    plain = map(settable, profile.patterns)
    return [clipped(pattern, _LONGEST_PATTERN) for pattern in plain if pattern][:_MOST_PATTERNS]
