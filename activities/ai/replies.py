"""The shapes in which a language model answers, and what of them is believed.

The shapes carry no bounds, because neither provider's structured output knows them all: what is out of bounds is
clipped here, what a model made up is dropped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, FiniteFloat

from schema.analysis import DeepAnalysis, InstantFeedback, TraitEvidence
from schema.model import Model
from schema.vocabulary import CrisisKind, Trait
from workflows.safety.crisis import detect

_MOST_PATTERNS = 3
# No single answer, however sure a model is of it, decides a trait.
_MOST_WEIGHT = 0.6
_LONGEST_LINE = 600
_WORD = re.compile(r"\w+")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise ValueError("must not be empty")
    if len(line) > _LONGEST_LINE:
        raise ValueError(f"must be at most {_LONGEST_LINE} characters long")
    return line


Line = Annotated[str, AfterValidator(_one_line)]
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


class InstantReply(Model):
    """The reaction to one answer."""

    reflection: Line = Field(description="One to three short sentences for the person, in the language of the answer")
    sentiment: Mood = Field(description="Mood of the answer, from -1 (dark) to 1 (bright)")
    quality: Share = Field(description="How much the person shared, from 0 (nothing) to 1 (open, concrete, personal)")

    def feedback(self, analyst: str) -> InstantFeedback:
        """What the person sees."""
        return InstantFeedback(
            reflection=self.reflection, sentiment=self.sentiment, quality=self.quality, analyst=analyst
        )


class Evidence(Model):
    """One place in the answer that speaks for one facet."""

    quote: str = Field(description="The person's exact words, copied from the answer")
    facet: Facet
    direction: Literal["high", "low"]


class FacetScore(Model):
    """Where the evidence puts the person on one facet."""

    facet: Facet
    score: Share = Field(description="0 low, 0.5 no lean, 1 high")
    confidence: Share = Field(description="How much this evidence weighs, from 0 to 1")


class DeepReply(Model):
    """The full reading of one answer: the evidence first, the scores after it."""

    evidence: list[Evidence]
    scores: list[FacetScore] = Field(description="At most one per facet, only for facets with evidence")
    patterns: list[str] = Field(description="At most 3 short names of patterns, in the person's language")
    insight: Line | None = Field(description="One sentence for the person, or null when the answer carries too little")
    crisis: CrisisKind | None = Field(description="Danger to the person or to someone else, or null")
    breakthrough: bool = Field(description="Whether the person put something into words for the first time")
    sentiment: Mood = Field(description="Mood of the answer, from -1 (dark) to 1 (bright)")

    def analysis(self, text: str, analyst: str) -> DeepAnalysis:
        """What is believed of the reply, for the person's answer `text`."""
        grounded = {evidence.facet for evidence in self.evidence if _occurs(evidence.quote, text)}
        # The last word of a model that scores a facet twice.
        scores = {score.facet: score for score in self.scores if score.facet in grounded}
        crisis = _more_urgent(self.crisis, detect(text))
        return DeepAnalysis(
            traits=_weighed(scores.values()),
            patterns=_named(self.patterns),
            # A person in danger gets help, not an interpretation.
            insight=None if crisis else self.insight,
            crisis=crisis,
            breakthrough=self.breakthrough,
            sentiment=self.sentiment,
            analyst=analyst,
        )


def _weighed(scores: Collection[FacetScore]) -> list[TraitEvidence]:
    """Scores of facets as evidence for their traits; together they weigh at most `_MOST_WEIGHT` a trait."""
    weight: dict[Trait, float] = defaultdict(float)
    for score in scores:
        weight[_TRAIT_OF[score.facet]] += score.confidence
    return [
        TraitEvidence(
            trait=(trait := _TRAIT_OF[score.facet]),
            facet=score.facet,
            score=score.score,
            confidence=score.confidence * min(1.0, _MOST_WEIGHT / weight[trait]) if weight[trait] else 0.0,
        )
        for score in scores
    ]


def _occurs(quote: str, text: str) -> bool:
    """Whether the words of a quote stand in the text one after another, whatever the signs between them."""
    words = _words(quote)
    return bool(words.strip()) and words in _words(text)


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold().replace('ё', 'е')))} "


def _more_urgent(*kinds: CrisisKind | None) -> CrisisKind | None:
    return next((kind for kind in CrisisKind if kind in kinds), None)


def _named(patterns: list[str]) -> list[str]:
    names = [" ".join(pattern.split()) for pattern in patterns]
    return list(dict.fromkeys(name for name in names if name))[:_MOST_PATTERNS]
