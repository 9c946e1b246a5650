"""The schemas of a language model's replies, and the rules by which they become evidence.

The parser searches the whole output for a reply: some models put a fence or a remark around it, or write it twice. The
reply is already paid for, so it is worth the search.

The schemas have no bounds, because neither provider's structured output supports all of them. Values out of bounds are
clipped here, and invented values are dropped. Their docstrings are part of the JSON schema that a model receives.

A model gives quotes with a direction and a strength; the numbers are computed here. A quote counts only if it stands in
the answer and supports no other facet. One quote weighs little, half of it when the question asks for the trait, and a
short answer moves few traits. So an answer that demands traits moves one or two of them a little. What people say about
themselves is believed, true or not.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, FiniteFloat, ValidationError

from activities.ai.analyst import Withheld
from schema.analysis.readings import AnswerInContext, DeepAnalysis, Direction, InstantFeedback, TraitEvidence
from schema.base_model import Model
from schema.danger import Danger, DangerAbout, DangerHarm, DangerLevel, DangerTime
from schema.text import CLEANED, CleanText
from schema.vocabulary import Construct, CrisisKind, Objection, Trait
from workflows.analysis.rules.guard import Guard
from workflows.safety.rules.crisis import detect

_MOST_PATTERNS = 3
_LONGEST_PATTERN = 80
_LONGEST_LINE = 600
# What the prompt asks for, plus a margin for models that count badly.
_FEWEST_QUOTED_WORDS, _LONGEST_QUOTE = 2, 300
Strength = Literal["weak", "clear"]
# One quote is a hint, several are more. No single answer decides a trait, however sure a model is.
_POINTS: dict[Strength, int] = {"weak": 1, "clear": 2}
_WEIGHT_OF_A_POINT, _WEIGHT_OF_SEVERAL, _MOST_WEIGHT = 0.15, 0.5, 0.6
# How far from the middle of the scale a quote puts the person.
_LEAN: dict[Strength, float] = {"weak": 0.15, "clear": 0.35}
# A question about worries hears of worries from everybody.
_ASKED_FOR = 0.5
# An answer speaks of two traits, and of one more for each twenty words.
_TRAITS_OF_ANY_ANSWER, _WORDS_OF_ONE_MORE = 2, 20

_WORD = re.compile(r"\w+(?:['’]\w+)*")
# A bracket in prose opens no object. A text with more brackets than this is no reply.
_MOST_OPENINGS = 100


class ReplyShape(Model, ABC):
    """The base of all replies: it names the words that a person would read."""

    @abstractmethod
    def said(self) -> dict[str, str]:
        """The words that a person would read, by their field."""

    def objections(self, guard: Guard) -> dict[str, list[Objection]]:
        """What the guard objects to in them, by field; fields without an objection are left out."""
        found = {field: guard.objections(text) for field, text in self.said().items()}
        return {field: kinds for field, kinds in found.items() if kinds}


Shape = TypeVar("Shape", bound=ReplyShape)


def fitting(shape: type[Shape], text: str) -> Shape:
    """The reply: the last JSON object in a model's output that fits the schema.

    Raises:
        ValidationError: no object fits; it describes the first object.
    """
    try:
        return shape.model_validate_json(text)
    except ValidationError as error:
        unfit = error
    for at, found in reversed(list(_objects(text))):
        try:
            return shape.model_validate(found)
        except ValidationError as error:
            # Objects behind the first bracket may be parts of a truncated one.
            unfit = error if at == text.find("{") else unfit
    raise unfit


def _objects(text: str) -> Iterator[tuple[int, Any]]:
    """The outermost JSON objects in a text, each with its position."""
    read, at = json.JSONDecoder().raw_decode, text.find("{")
    for _ in range(_MOST_OPENINGS):
        if at < 0:
            return
        try:
            found, end = read(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield at, found
        at = text.find("{", end)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _line(text: str) -> str:
    line = _on_one_line(text)
    if not line:
        raise ValueError("must not be empty")
    if len(line) > _LONGEST_LINE:
        raise ValueError(f"must be at most {_LONGEST_LINE} characters long")
    return line


Line = Annotated[str, AfterValidator(_line), CLEANED]
Share = Annotated[FiniteFloat, AfterValidator(lambda share: min(max(share, 0.0), 1.0))]
Mood = Annotated[FiniteFloat, AfterValidator(lambda mood: min(max(mood, -1.0), 1.0))]

# The thirty facets of the NEO-PI-R (Costa & McCrae 1992), six to a trait.
Facet = Literal[
    "fantasy", "aesthetics", "feelings", "actions", "ideas", "values",
    "competence", "order", "dutifulness", "achievement_striving", "self_discipline", "deliberation",
    "warmth", "gregariousness", "assertiveness", "activity", "excitement_seeking", "positive_emotions",
    "trust", "straightforwardness", "altruism", "compliance", "modesty", "tender_mindedness",
    "anxiety", "angry_hostility", "depression", "self_consciousness", "impulsiveness", "vulnerability",
]  # fmt: skip
_TRAIT_OF: dict[str, Trait] = {
    facet: trait
    for trait, facets in {
        Trait.OPENNESS: "fantasy aesthetics feelings actions ideas values",
        Trait.CONSCIENTIOUSNESS: "competence order dutifulness achievement_striving self_discipline deliberation",
        Trait.EXTRAVERSION: "warmth gregariousness assertiveness activity excitement_seeking positive_emotions",
        Trait.AGREEABLENESS: "trust straightforwardness altruism compliance modesty tender_mindedness",
        Trait.NEUROTICISM: "anxiety angry_hostility depression self_consciousness impulsiveness vulnerability",
    }.items()
    for facet in facets.split()
}


class InstantReply(ReplyShape):
    """The reaction to one answer."""

    reflection: Line = Field(description="One to three short sentences for the person, in the language of the answer")
    sentiment: Mood = Field(description="Mood of the answer, from -1 (dark) to 1 (bright)")
    quality: Share = Field(description="How much the person shared, from 0 (nothing) to 1 (open, concrete, personal)")

    def said(self) -> dict[str, str]:
        """The reflection."""
        return {"reflection": self.reflection}

    def feedback(self, analyst: str, withheld: Collection[str]) -> InstantFeedback:
        """The reaction that the person sees; `withheld` holds the fields that the guard objects to.

        Raises:
            Withheld: the reaction is one of them.
        """
        if withheld:
            raise Withheld
        return InstantFeedback(
            reflection=self.reflection, sentiment=self.sentiment, quality=self.quality, analyst=analyst
        )


class Evidence(Model):
    """One place in the answer that speaks for one facet."""

    quote: CleanText = Field(description="The person's exact words, copied from the answer")
    facet: Facet
    direction: Direction = Field(description="Which end of the facet it speaks for")
    strength: Strength = Field(description="clear: said plainly of how they usually are; weak: hinted, or told of once")


DangerName = Literal[
    "substance_taken", "bleeding", "suicide", "self_injury", "eating_disorder", "psychosis", "violence", "abuse"
]
_KIND_OF: dict[DangerName, CrisisKind] = {"violence": CrisisKind.VIOLENCE, "abuse": CrisisKind.ABUSE}
_HARM_OF: dict[DangerName, DangerHarm] = {
    "substance_taken": DangerHarm.TAKEN,
    "bleeding": DangerHarm.BLEEDING,
}
# Nobody does these to somebody else; a model that says so has misread the field.
_TO_ONESELF: set[DangerName] = {"suicide", "self_injury", "eating_disorder"}


class NamedDanger(Model):
    """A danger that the answer speaks of, in a model's words, which are finer than ours."""

    kind: DangerName = Field(description="The first of these that fits")
    about: Literal["hurts_somebody", "child", "other", "self"] = Field(
        description="hurts_somebody: the person does it; else whose danger it is"
    )
    when: Literal["now", "past"] = Field(description="past: long ago; now: all else")

    @property
    def danger(self) -> Danger:
        """The danger in our words. Whoever hurts somebody is spoken to as such, whatever they do."""
        kind, about = _KIND_OF.get(self.kind, CrisisKind.SELF_HARM), DangerAbout.SELF
        if self.about != "hurts_somebody":
            about = DangerAbout(self.about.upper())
        elif self.kind not in _TO_ONESELF:
            kind, about = CrisisKind.VIOLENCE, DangerAbout.BY_SELF
        return Danger(
            level=DangerLevel.SURE,
            kind=kind,
            about=about,
            when=DangerTime(self.when.upper()),
            harm=_HARM_OF.get(self.kind) if self.when == "now" else None,
        )


class DeepReply(ReplyShape):
    """The full reading of one answer: the evidence first."""

    evidence: list[Evidence]
    patterns: list[CleanText] = Field(description="At most 3 short plain names of patterns, in the person's language")
    insight: Line | None = Field(description="One sentence for the person, or null when the answer carries too little")
    crisis: NamedDanger | None = Field(description="Danger to the person or to someone else, or null")
    breakthrough: bool = Field(description="Whether the person says that it is new, unspoken or just understood")
    sentiment: Mood = Field(description="Mood of the answer, from -1 (dark) to 1 (bright)")

    def said(self) -> dict[str, str]:
        """The patterns and the insight."""
        patterns = {f"patterns.{at}": name for at, name in enumerate(_named(self.patterns))}
        return patterns | ({} if self.insight is None else {"insight": self.insight})

    def analysis(self, answer: AnswerInContext, analyst: str, withheld: Collection[str]) -> DeepAnalysis:
        """The parts of the reply that the answer supports, without the fields in `withheld`."""
        danger = self.crisis.danger if self.crisis else None
        return DeepAnalysis(
            traits=self._traits(_Words(answer.text), answer.listens_for),
            patterns=[name for at, name in enumerate(_named(self.patterns)) if f"patterns.{at}" not in withheld],
            # A person in danger gets help, not an interpretation.
            insight=None if danger or detect(answer.text) or "insight" in withheld else self.insight,
            crisis=danger and danger.kind,
            danger=danger,
            breakthrough=self.breakthrough,
            sentiment=self.sentiment,
            analyst=analyst,
        )

    def _traits(self, words: _Words, asked_for: Collection[Construct]) -> list[TraitEvidence]:
        heard: dict[Facet, list[Evidence]] = defaultdict(list)
        for evidence in self.evidence:
            quote = words.take(evidence.quote)
            if quote is not None:
                heard[evidence.facet].append(evidence.model_copy(update={"quote": quote}))
        found = [told for places in heard.values() if (told := _told_by(places, asked_for)) is not None]
        return _weighed(found, most=_TRAITS_OF_ANY_ANSWER + words.count // _WORDS_OF_ONE_MORE)


def _told_by(places: list[Evidence], asked_for: Collection[Construct]) -> TraitEvidence | None:
    """What the places of one facet say of its trait; None if they outweigh each other."""
    tally = sum(_POINTS[place.strength] * (1 if place.direction == "high" else -1) for place in places)
    if not tally:
        return None
    direction: Direction = "high" if tally > 0 else "low"
    agreeing = [place for place in places if place.direction == direction]
    lean = max(_LEAN[place.strength] for place in agreeing)
    # The first quote is kept, to show the person the reason.
    trait, first = _TRAIT_OF[places[0].facet], agreeing[0]
    weight = min(abs(tally) * _WEIGHT_OF_A_POINT, _WEIGHT_OF_SEVERAL)
    return TraitEvidence(
        trait=trait,
        facet=first.facet,
        score=0.5 + lean if direction == "high" else 0.5 - lean,
        confidence=weight * (_ASKED_FOR if trait.value in asked_for else 1),
        quote=first.quote,
        direction=direction,
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
                said = _on_one_line(self._text[self._places[first].start() : self._places[first + size - 1].end()])
                if len(said) > _LONGEST_QUOTE:
                    return None
                self._left[first : first + size] = [""] * size
                return said
        return None


def _folded(word: str) -> str:
    return word.casefold().replace("ё", "е").replace("’", "'")


def _weighed(found: Collection[TraitEvidence], most: int) -> list[TraitEvidence]:
    """The evidence for the `most` traits with the most weight, at most `_MOST_WEIGHT` for each."""
    weight: dict[Trait, float] = defaultdict(float)
    for piece in found:
        weight[piece.trait] += piece.confidence
    spoken_of = sorted(weight, key=lambda trait: weight[trait], reverse=True)[:most]
    return [
        piece.model_copy(
            update={"confidence": piece.confidence * (_MOST_WEIGHT / max(_MOST_WEIGHT, weight[piece.trait]))}
        )
        for piece in found
        if piece.trait in spoken_of
    ]


def _named(patterns: list[str]) -> list[str]:
    names = map(_on_one_line, patterns)
    # A text as long as a sentence is no name.
    return list(dict.fromkeys(name for name in names if 0 < len(name) <= _LONGEST_PATTERN))[:_MOST_PATTERNS]
