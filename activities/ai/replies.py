"""The schemas of a language model's replies, and the search for a reply in what a model wrote.

The parser searches the whole output for a reply: some models put a fence or a remark around it, or write it twice. The
reply is already paid for, so it is worth the search.

The schemas have no bounds, because neither provider's structured output supports all of them. Values out of bounds are
clipped here, and invented values are dropped. Their docstrings are part of the JSON schema that a model receives.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, FiniteFloat, ValidationError

from activities.ai.analyst import Withheld
from activities.ai.evidence import Evidence, believed
from schema.analysis.readings import (
    AnswerInContext,
    AspectEvidence,
    DeepAnalysis,
    DynamicEvidence,
    InstantFeedback,
    TraitEvidence,
)
from schema.base_model import Model
from schema.danger import Danger, DangerAbout, DangerHarm, DangerLevel, DangerTime
from schema.text import CLEANED, CleanText
from schema.vocabulary import CrisisKind, Objection
from workflows.analysis.rules.guard import Guard
from workflows.safety.rules.crisis import detect

_MOST_PATTERNS = 3
_LONGEST_PATTERN = 80
_LONGEST_LINE = 600
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
    for at, found in reversed(list(objects_in(text))):
        try:
            return shape.model_validate(found)
        except ValidationError as error:
            # Objects behind the first bracket may be parts of a truncated one.
            unfit = error if at == text.find("{") else unfit
    raise unfit


def objects_in(text: str) -> Iterator[tuple[int, Any]]:
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
        found = believed(self.evidence, answer.text, answer.listens_for)
        return DeepAnalysis(
            traits=[piece for piece in found if isinstance(piece, TraitEvidence)],
            dynamics=[piece for piece in found if isinstance(piece, DynamicEvidence)],
            aspects=[piece for piece in found if isinstance(piece, AspectEvidence)],
            patterns=[name for at, name in enumerate(_named(self.patterns)) if f"patterns.{at}" not in withheld],
            # A person in danger gets help, not an interpretation.
            insight=None if danger or detect(answer.text) or "insight" in withheld else self.insight,
            crisis=danger and danger.kind,
            danger=danger,
            breakthrough=self.breakthrough,
            sentiment=self.sentiment,
            analyst=analyst,
        )


def _named(patterns: list[str]) -> list[str]:
    names = map(_on_one_line, patterns)
    # A text as long as a sentence is no name.
    return list(dict.fromkeys(name for name in names if 0 < len(name) <= _LONGEST_PATTERN))[:_MOST_PATTERNS]
