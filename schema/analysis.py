"""What an analyst, offline or a language model, says of an answer."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schema.model import Model
from schema.text import CleanText
from schema.vocabulary import CrisisKind, Depth, Domain, Energy, Listening, Locale, Trait

Unit = Annotated[float, Field(ge=0, le=1)]
"""A share or a level, 0 to 1."""

Direction = Literal["high", "low"]
"""Which end of a trait something speaks for."""


class Tier(StrEnum):
    """How capable, and how dear, whoever reads an answer is; members are in order."""

    OFFLINE = "offline"
    SMALL = "small"
    STANDARD = "standard"
    PREMIUM = "premium"


class Complexity(StrEnum):
    """How much there is in an answer to be understood."""

    SIMPLE = "simple"
    MEDIUM = "medium"
    COMPLEX = "complex"


class Budget(StrEnum):
    """How much of the day's money for language models is left."""

    AMPLE = "ample"
    TIGHT = "tight"
    """80 % is spent: only the small tier reads."""
    SPENT = "spent"
    """The offline analyst reads."""


class Reader(Model):
    """A language model that reads answers, as a workflow needs to know it."""

    tier: Tier
    company: str
    """Who runs it, by the name that people know."""
    analyst: str
    """`provider/model`."""
    task_queue: str


class Route(Model):
    """Who reads an answer: the models in the order in which they are asked, and after them the offline analyst."""

    complexity: Complexity
    budget: Budget
    instant: list[Reader]
    deep: list[Reader]


class AnswerInContext(Model):
    """One answer as an analyst reads it: the question, the person's text, and their language."""

    answer_id: str | None = None
    """For the books on what reading it cost; never sent to a model."""
    question: str
    domain: Domain
    depth: Depth
    energy: Energy
    listens_for: list[Listening] = []
    text: CleanText
    locale: Locale
    """The language that the person chose: that of a deep analysis, and of a reaction where `text` shows none itself."""


class InstantFeedback(Model):
    """The reaction a person sees right after an answer."""

    reflection: str
    """One to three short sentences that take up the person's own words, in the language of the answer."""
    sentiment: Annotated[float, Field(ge=-1, le=1)]
    """Mood of the text, -1 (dark) to 1 (bright)."""
    quality: Unit
    """How much the person shared: 0 nothing, 1 open, concrete and personal."""
    analyst: str
    """Who wrote it: `offline` or a model's name."""


def _absent(value: object) -> bool:
    return value is None


class TraitEvidence(Model):
    """One piece of evidence for one Big Five trait."""

    trait: Trait
    facet: str | None = None
    """Which of the trait's six facets (NEO-PI-R) it is about; None when that is not told apart."""
    score: Unit
    """Where this evidence puts the person: 0 low, 0.5 no lean, 1 high."""
    confidence: Unit
    """How much this evidence weighs."""
    # History keeps every byte, so these take none where nothing is quoted.
    quote: str | None = Field(default=None, exclude_if=_absent)
    """The person's own words that it rests on; None from an analyst that quotes nothing."""
    direction: Direction | None = Field(default=None, exclude_if=_absent)
    """Which way those words point."""


class DeepAnalysis(Model):
    """What an answer tells about a person; runs in the background."""

    traits: list[TraitEvidence]
    patterns: list[str]
    """Short names of patterns seen, in the person's language; at most 3."""
    insight: str | None
    """One sentence for the person, in their language; None when the answer carries too little."""
    crisis: CrisisKind | None
    breakthrough: bool
    """The person put something into words for the first time; the next question may go deeper here."""
    sentiment: Annotated[float, Field(ge=-1, le=1)]
    analyst: str
