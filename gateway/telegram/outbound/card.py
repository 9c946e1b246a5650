"""Draws the profile card as a picture for phones, and describes it in text for people who can't see it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import as_file, files
from typing import Literal

import typst

from gateway.presentation import profile_words
from gateway.presentation.texts.texts import Texts
from schema.base_model import Model, UnitInterval
from schema.profile.layers import Profile, TraitLevel
from schema.vocabulary import Trait

WIDTH = 1080
"""Pixels of the picture; Telegram keeps photos up to 1280 and shows them about 380 points wide."""
DESCRIPTION_LIMIT = 900
"""Characters of a description; Telegram takes captions of up to 1024."""

_PAGE_POINTS = 380
_MOST_PATTERNS = 3
_LONGEST_PATTERN = 120
# The card's font has Latin and Cyrillic; it would draw boxes for anything else (emoji, other scripts, controls).
_UNSETTABLE = re.compile(r"[^ -~¡-¬®-ňŊ-ƿЀ-ѹҊ-ҝҠ-ӿ‐-‧‰-⁐€₽№]+")


class _Row(Model):
    """One trait of the card. Its descriptions are empty when nothing is known."""

    trait: Trait
    name: str
    ends: tuple[str, str]
    known: bool
    sure: str
    basis: str = ""
    where: str = ""
    movement: str = ""
    score: UnitInterval = 0.5
    low: UnitInterval = 0
    high: UnitInterval = 1


class _Card(Model):
    """The input of the template, in the person's language."""

    language: str
    title: str
    basis: str
    draft: str
    """The words that it is a draft; empty when only language models read the answers."""
    nothing: str
    """The text to show instead when no trait is known."""
    traits: list[_Row]
    legend: str
    heading: str
    patterns: list[str]
    note: str


def draw_card(profile: Profile, texts: Texts, form: Literal["png", "svg"] = "png") -> bytes:
    """Draws the card, `WIDTH` pixels wide and as high as needed. The same profile gives the same bytes.

    Takes about 0.1 s of CPU and releases the interpreter lock: call it from a thread.
    """
    source, fonts = _template()
    picture = typst.compile(
        source,
        format=form,
        ppi=72 * WIDTH / _PAGE_POINTS,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"card": _card(profile, texts).model_dump_json()},
    )
    assert isinstance(picture, bytes)  # several pages would be a list
    return picture


def describe_card(profile: Profile, texts: Texts, *, answers_told: int | None = None) -> str:
    """Describes the card in plain text of at most `DESCRIPTION_LIMIT` characters.

    `answers_told` is the number of answers that the person has just read below a heading. Neither is repeated.
    """
    card = _card(profile, texts)
    parts = [card.title] if answers_told is None else []
    if not card.basis:
        return "\n\n".join([*parts, card.nothing])
    if profile.offline:
        parts.append(texts.say("profile-offline"))
    if profile.answers != answers_told:
        parts.append(texts.say("profile-basis", answers=profile.answers))
    parts.append(card.nothing or "\n".join(_in_words(row, texts) for row in card.traits))
    parts.append(card.note)
    if card.patterns:
        room = DESCRIPTION_LIMIT - len("\n\n".join([*parts, f"{card.heading}: "]))
        parts.insert(-1, f"{card.heading}: {_clipped('; '.join(card.patterns), room)}")
    return "\n\n".join(parts)


def _in_words(row: _Row, texts: Texts) -> str:
    if not row.known:
        return texts.say("card-trait-unknown", trait=row.name)
    sure = f"{row.sure}, {row.movement}" if row.movement else row.sure
    return texts.say("card-trait", trait=row.name, where=row.where, sure=sure, basis=row.basis)


def _card(profile: Profile, texts: Texts) -> _Card:
    nothing = "profile-empty" if profile.empty else "profile-no-traits"
    visible = profile_words.visible(profile)
    return _Card(
        language=texts.locale,
        title=texts.say("profile-title"),
        basis="" if profile.empty else texts.say("card-basis", answers=profile.answers),
        draft=texts.say("card-offline") if profile.offline and not profile.empty else "",
        nothing="" if visible else texts.say(nothing),
        traits=[_row(trait, visible.get(trait), profile, texts) for trait in Trait],
        legend=texts.say("card-legend") if visible else "",
        heading=texts.say("profile-patterns"),
        patterns=_patterns(profile),
        note="" if profile.empty else texts.say("profile-sketch"),
    )


def _row(trait: Trait, level: TraitLevel | None, profile: Profile, texts: Texts) -> _Row:
    name, ends = texts.say(f"trait-{trait}"), profile_words.ends(trait, texts)
    if level is None:
        return _Row(trait=trait, name=name, ends=ends, known=False, sure=profile_words.how_sure(0, texts))
    low, high = profile_words.band(level.score, level.confidence)
    return _Row(
        trait=trait,
        name=name,
        ends=ends,
        known=True,
        sure=profile_words.how_sure(level.confidence, texts),
        basis=texts.say("trait-evidence", answers=level.evidence, all=profile.answers),
        where=profile_words.where(trait, level.score, texts),
        movement=profile_words.movement(level.evolution, texts),
        score=level.score,
        low=low,
        high=high,
    )


def _patterns(profile: Profile) -> list[str]:
    plain = (
        " ".join(_UNSETTABLE.sub(" ", unicodedata.normalize("NFC", pattern)).split()) for pattern in profile.patterns
    )
    return [_clipped(pattern, _LONGEST_PATTERN) for pattern in plain if pattern][:_MOST_PATTERNS]


def _clipped(words: str, length: int) -> str:
    return words if len(words) <= length else f"{words[: length - 1].rstrip()}…"


@cache
def _template() -> tuple[bytes, typst.Fonts]:
    with as_file(files("fontpkg_inter") / "files") as folder:
        # Only this font, so that a card looks the same on every machine.
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    return (files(__package__) / "card.typ").read_bytes(), fonts
