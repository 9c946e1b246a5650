"""The results of analysing an answer, by the offline analyst or a language model."""

from __future__ import annotations

import operator
from typing import Annotated, Literal

from pydantic import Field

from schema.analysis.routing import Route
from schema.base_model import Model, UnitInterval
from schema.danger import Danger, SafetyReply
from schema.profile_vocabulary import Dynamic
from schema.text import CleanText
from schema.vocabulary import Construct, CrisisKind, Depth, Domain, Energy, Locale, Trait

Direction = Literal["high", "low"]
"""The end of a trait that evidence supports."""

OFFLINE_ANALYST = "offline"
"""The author of what no language model has read."""


class EarlierAnswer(Model):
    """An earlier answer of the same session, as context."""

    question: str
    text: CleanText


class AnswerInContext(Model):
    """One answer as an analyst reads it: the question, the person's text, and their language."""

    answer_id: str | None = None
    """For the usage log; never sent to a model."""
    question: str
    domain: Domain
    depth: Depth
    energy: Energy
    listens_for: list[Construct] = []
    text: CleanText
    locale: Locale
    """The language that the person chose. A deep analysis uses it; a reaction does if `text` shows no language."""
    earlier: Annotated[list[EarlierAnswer], Field(max_length=12)] = []
    """The latest answers of the session before this one, oldest first."""


class InstantFeedback(Model):
    """The reaction a person sees right after an answer."""

    reflection: str
    """One to three short sentences that take up the person's own words, in the language of the answer."""
    sentiment: Annotated[float, Field(ge=-1, le=1)]
    """Mood of the text, -1 (dark) to 1 (bright)."""
    quality: UnitInterval
    """How much the person shared: 0 nothing, 1 open, concrete and personal."""
    analyst: str
    """The author: `OFFLINE_ANALYST` or a model's name."""


def _absent(value: object) -> bool:
    return value is None


class LevelEvidence(Model):
    """One piece of evidence for a level: the base of what traits and dynamics have in common."""

    score: UnitInterval
    """Where this evidence puts the person: 0 low, 0.5 no lean, 1 high."""
    confidence: UnitInterval
    """The weight of this evidence."""
    # Left out of the payload when absent, because history keeps every byte.
    quote: str | None = Field(default=None, exclude_if=_absent)
    """The person's words that support it; None in what an older release read offline."""
    direction: Direction | None = Field(default=None, exclude_if=_absent)
    """The direction of those words."""


class TraitEvidence(LevelEvidence):
    """One piece of evidence for one Big Five trait."""

    trait: Trait
    facet: str | None = None
    """One of the trait's six facets (`Facet`); None from an analyst that does not distinguish them."""


class DynamicEvidence(LevelEvidence):
    """One piece of evidence for one of the core dynamics."""

    dynamic: Dynamic


class AspectEvidence(Model):
    """One piece of evidence that a person has one of the named ways of an aspect."""

    aspect: str
    """An `Aspect`. A text, so that an older worker stores what a newer analyst names."""
    way: str
    """One of the aspect's `WAYS`."""
    confidence: UnitInterval
    quote: str
    """The person's words that support it."""


class DeepAnalysis(Model):
    """The deep analysis of an answer; it runs in the background."""

    traits: list[TraitEvidence]
    # Left out of the payload when empty, as in what an older release read.
    dynamics: list[DynamicEvidence] = Field(default=[], exclude_if=operator.not_)
    aspects: list[AspectEvidence] = Field(default=[], exclude_if=operator.not_)
    patterns: list[str]
    """Short names of patterns seen, in the person's language; at most 3."""
    insight: str | None
    """One sentence for the person, in their language; None when the answer carries too little."""
    crisis: CrisisKind | None
    danger: Danger | None = None
    """What is known of the crisis beside its kind."""
    breakthrough: bool
    """Whether the person put something into words for the first time. The next question may go deeper here."""
    sentiment: Annotated[float, Field(ge=-1, le=1)]
    analyst: str


class AnswerReading(Model):
    """The reading of a text by local rules, and by the second net where it is at hand; at once and without a model."""

    language: Locale
    words: int
    sharing: UnitInterval
    """How much of themselves the person shared; feeds trust."""
    tired: bool
    """Whether the person says that they are tired or want to stop."""
    crisis: CrisisKind | None
    danger: Danger | None = None
    """What is known of the crisis beside its kind, or a danger that is not sure enough to be one."""
    weighed: bool = Field(default=False, exclude_if=operator.not_)
    """Whether the second net has had its time with the text: then `danger` is what it and the rules hear together."""
    net_alone: bool = Field(default=False, exclude_if=operator.not_)
    """Whether the second net hears danger where the rules hear none: then it weighs less."""
    overdue: bool = Field(default=False, exclude_if=operator.not_)
    """Whether the second net was too slow for a person who waits: it is to weigh the text yet, beside the talk."""
    on_safety: SafetyReply | None = None
    """What it answers, if it is an answer to "are you safe right now?" and nothing else."""
    denies_danger: bool = Field(default=False, exclude_if=operator.not_)
    """Whether it says, among other things, that danger was misread in what was said before."""
    minor: bool = False
    """Whether the person says that they are under eighteen."""
    route: Route | None = None
    """The models that read the answer; None for a text that is not kept."""
