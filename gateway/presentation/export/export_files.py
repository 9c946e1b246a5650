"""Renders a person's data export as JSON for programs and as HTML for reading."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import get_args, get_origin

from babel.dates import format_date, format_datetime
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from gateway.presentation import layer_words, profile_words
from gateway.presentation.texts.texts import Texts
from schema.account.export import KeptChange, KeptLayerEvidence, KeptLook, KeptTrait, KeptValue, PersonExport
from schema.account.kept import Kept
from schema.profile.layers import ValueName
from schema.profile_vocabulary import Layer
from schema.vocabulary import Trait

# Sentiment below or above these is a dark or a bright mood.
_DARK, _BRIGHT = -0.25, 0.25

ONE_OCCASION = timedelta(minutes=30)
"""Looks for one reason are one occasion when no more than this lies between them."""


def as_json(export: PersonExport) -> bytes:
    """Returns the export as UTF-8 JSON. `kept` holds the data; `keys` explains every key of it."""
    document = {"keys": dict(_explained(PersonExport)), "kept": export.model_dump(mode="json")}
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def as_html(export: PersonExport, texts: Texts) -> bytes:
    """Returns one self-contained, printable HTML page in the person's language, without scripts or external links."""
    return _page().render(export=export, texts=texts, say=texts.say, show=_Show(texts)).encode()


class _Show:
    """Formats values for the page."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._locale = texts.locale.value

    def day(self, moment: datetime) -> str:
        return format_date(moment.astimezone(UTC), "long", locale=self._locale)

    def moment(self, moment: datetime, since: datetime | None = None) -> str:
        # Later moments of the same day omit the date.
        same_day = since and since.astimezone(UTC).date() == moment.astimezone(UTC).date()
        return format_datetime(moment, "HH:mm" if same_day else "d MMM y, HH:mm", tzinfo=UTC, locale=self._locale)

    def mood(self, sentiment: float) -> str:
        mood = "dark" if sentiment < _DARK else "bright" if sentiment > _BRIGHT else "even"
        return self._texts.say(f"export-mood-{mood}")

    def trait(self, trait: KeptTrait, answers: int) -> list[str]:
        sure = profile_words.how_sure(trait.confidence, self._texts)
        basis = self._texts.say("trait-evidence", answers=trait.evidence, all=answers)
        if not self.is_visible(trait):
            return [sure, basis]
        told = [
            profile_words.where(trait.trait, trait.score, self._texts),
            sure,
            profile_words.movement(trait.evolution, self._texts),
            basis,
        ]
        return [words for words in told if words]

    def layers(self, values: list[KeptValue]) -> list[tuple[str, str]]:
        """Returns the values of the further layers: their names, and what is said of each."""
        shown = [value for value in values if value.way is None or value.leads]
        return [(self.name(value.layer, value.name), self._told(value)) for value in shown]

    def _told(self, value: KeptValue) -> str:
        if value.way is not None:
            return layer_words.way(value.name, value.way, self._texts)
        return f"{self.percent(value.score)} · {profile_words.how_sure(value.confidence, self._texts)}"

    def name(self, layer: str, name: str) -> str:
        return layer_words.name(ValueName(layer=Layer(layer), name=name), self._texts)

    def shows(self, piece: KeptLayerEvidence) -> str:
        return layer_words.way(piece.name, piece.way, self._texts) if piece.way else self.percent(piece.score)

    def where(self, trait: Trait, score: float) -> str:
        return profile_words.where(trait, score, self._texts)

    def ends(self, trait: KeptTrait) -> tuple[str, str]:
        return profile_words.ends(trait.trait, self._texts)

    def is_visible(self, trait: KeptTrait) -> bool:
        return profile_words.is_visible(trait.confidence)

    def occasions(self, looks: list[KeptLook]) -> list[KeptLook]:
        """Returns the first look of each occasion: a page of the Web UI takes many."""
        return [
            look
            for before, look in zip([None, *looks], looks, strict=False)
            if before is None or before.reason != look.reason or look.looked_at - before.looked_at > ONE_OCCASION
        ]

    def percent(self, share: float | None) -> str:
        return "—" if share is None else f"{share * 100:.0f}"

    def band(self, trait: KeptTrait) -> tuple[float, float]:
        low, high = profile_words.band(trait.score, trait.confidence)
        return low * 100, (high - low) * 100

    def line(self, history: list[KeptChange]) -> str:
        """Returns a trait's history as the points of an SVG polyline, 100 by 100. What is not known is the middle."""
        known = [history[0].old_score, *(change.new_score for change in history)]
        scores = [0.5 if score is None else score for score in known]
        return " ".join(f"{n * 100 / (len(scores) - 1):.1f},{100 - score * 100:.1f}" for n, score in enumerate(scores))


def _explained(model: type[Kept], path: str = "") -> Iterator[tuple[str, str]]:
    for name, info in model.model_fields.items():
        inner = [part for part in (info.annotation, *get_args(info.annotation)) if isinstance(part, type)]
        listed = "[]" if get_origin(info.annotation) is list else ""
        yield f"{path}{name}{listed}", info.description or ""
        for part in inner:
            if issubclass(part, Kept):
                yield from _explained(part, f"{path}{name}{listed}.")


@cache
def _page() -> Template:
    # StrictUndefined: a mistake in the template raises instead of leaving a gap on the page.
    pages = Environment(
        loader=PackageLoader(__name__, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template("page.html.jinja")
