"""The rules by which the quotes of a language model become evidence for the layers of a profile.

A model gives quotes with what they show, a direction and a strength; the numbers are computed here. A quote counts only
if it stands in the answer and shows nothing else. One quote weighs little, half of it when the question asks for what
it shows, and a short answer moves few values. So an answer that demands traits moves one or two of them a little. What
people say about themselves is believed, true or not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from activities.ai.values import Value, Way, asked_for
from schema.analysis.readings import AspectEvidence, Direction, DynamicEvidence, TraitEvidence
from schema.base_model import Model
from schema.profile_vocabulary import WAYS, Dynamic, Facet
from schema.text import CleanText
from schema.vocabulary import Construct

# What the prompt asks for, plus a margin for models that count badly.
_FEWEST_QUOTED_WORDS, _LONGEST_QUOTE = 2, 300
Strength = Literal["weak", "clear"]
# One quote is a hint, several are more. No single answer decides a value, however sure a model is.
_POINTS: dict[Strength, int] = {"weak": 1, "clear": 2}
_WEIGHT_OF_A_POINT, _WEIGHT_OF_SEVERAL, _MOST_WEIGHT = 0.15, 0.5, 0.6
# How far from the middle of the scale a quote puts the person.
_LEAN: dict[Strength, float] = {"weak": 0.15, "clear": 0.35}
# A question about worries hears of worries from everybody.
_ASKED_FOR = 0.5
# An answer speaks of two values, and of one more for each twenty words.
_VALUES_OF_ANY_ANSWER, _WORDS_OF_ONE_MORE = 2, 20

_WORD = re.compile(r"\w+(?:['’]\w+)*")

Shown = Facet | Dynamic | Way
SHOWN: Final[dict[str, Shown]] = {
    **{facet.value: facet for facet in Facet},
    **{dynamic.value: dynamic for dynamic in Dynamic},
    **{way.name: way for aspect, ways in WAYS.items() for way in (Way(aspect, name) for name in ways)},
}
"""What a quote may show, by the name that a model uses for it."""


def _known(name: str) -> str:
    if name not in SHOWN:
        raise ValueError("must be one of the names in the schema")
    return name


# A plain list of names, since a schema made of three enumerations is longer and says no more.
Name = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(SHOWN)})]


class Evidence(Model):
    """One place in the answer that shows one thing."""

    quote: CleanText = Field(description="The person's exact words, copied from the answer")
    shows: Name
    direction: Direction = Field(description="Which end of it they show; of a way with a dot always high")
    strength: Strength = Field(description="clear: said plainly of how they usually are; weak: hinted, or told of once")


Piece = TraitEvidence | DynamicEvidence | AspectEvidence


def believed(places: Collection[Evidence], text: str, listens_for: Collection[Construct]) -> list[Piece]:
    """The evidence that an answer supports, of the values that it says most of."""
    words, asked = _Words(text), asked_for(listens_for)
    heard: dict[Shown, list[Evidence]] = defaultdict(list)
    for place in places:
        quote = words.take(place.quote)
        if quote is not None:
            heard[SHOWN[place.shows]].append(place.model_copy(update={"quote": quote}))
    found = [
        (_value(shown), piece)
        for shown, told in heard.items()
        if (piece := _told_by(shown, told, asked=bool(asked & {shown, _value(shown)}))) is not None
    ]
    return _weighed(found, most=_VALUES_OF_ANY_ANSWER + words.count // _WORDS_OF_ONE_MORE)


def words_quoted(quote: str, text: str) -> str | None:
    """The quote as it stands in the text, ignoring case and punctuation; None if it is not there."""
    return _Words(text).take(quote)


def _value(shown: Shown) -> Value:
    """The value that it is evidence for."""
    if isinstance(shown, Facet):
        return shown.trait
    return shown.aspect if isinstance(shown, Way) else shown


def _told_by(shown: Shown, places: list[Evidence], *, asked: bool) -> Piece | None:
    """What the places that show one thing say of it; None if they outweigh each other."""
    tally = sum(_POINTS[place.strength] * (1 if place.direction == "high" else -1) for place in places)
    # That a person does not do a thing one way says nothing of the way in which they do it.
    if not tally or (tally < 0 and isinstance(shown, Way)):
        return None
    direction: Direction = "high" if tally > 0 else "low"
    agreeing = [place for place in places if place.direction == direction]
    confidence = min(abs(tally) * _WEIGHT_OF_A_POINT, _WEIGHT_OF_SEVERAL) * (_ASKED_FOR if asked else 1)
    # The first quote is kept, to show the person the reason.
    quote = agreeing[0].quote
    if isinstance(shown, Way):
        return AspectEvidence(aspect=shown.aspect, way=shown.way, confidence=confidence, quote=quote)
    lean = max(_LEAN[place.strength] for place in agreeing)
    score = 0.5 + lean if direction == "high" else 0.5 - lean
    if isinstance(shown, Dynamic):
        return DynamicEvidence(dynamic=shown, score=score, confidence=confidence, quote=quote, direction=direction)
    return TraitEvidence(
        trait=shown.trait, facet=shown, score=score, confidence=confidence, quote=quote, direction=direction
    )


class _Words:
    """The words of an answer. Each word supports one quote: taking a quote removes its words."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places = list(_WORD.finditer(self._text))
        self._left = [_folded(place.group()) for place in self._places]
        self.count = len(self._places)

    def take(self, quote: str) -> str | None:
        """The quote as the person wrote it, ignoring punctuation; None if it is absent or already taken.

        It has at least two words, unless the answer has one: an "I" stands everywhere.
        """
        wanted = [_folded(word) for word in _WORD.findall(quote)]
        size = len(wanted)
        if not wanted or size < min(_FEWEST_QUOTED_WORDS, self.count):
            return None
        for first in range(self.count - size + 1):
            if self._left[first : first + size] == wanted:
                said = " ".join(self._text[self._places[first].start() : self._places[first + size - 1].end()].split())
                if len(said) > _LONGEST_QUOTE:
                    return None
                self._left[first : first + size] = [""] * size
                return said
        return None


def _folded(word: str) -> str:
    return word.casefold().replace("ё", "е").replace("’", "'")


def _weighed(found: Collection[tuple[Value, Piece]], most: int) -> list[Piece]:
    """The evidence for the `most` values with the most weight, at most `_MOST_WEIGHT` for each."""
    weight: dict[Value, float] = defaultdict(float)
    for value, piece in found:
        weight[value] += piece.confidence
    spoken_of = sorted(weight, key=lambda value: weight[value], reverse=True)[:most]
    return [
        piece.model_copy(update={"confidence": piece.confidence * (_MOST_WEIGHT / max(_MOST_WEIGHT, weight[value]))})
        for value, piece in found
        if value in spoken_of
    ]
