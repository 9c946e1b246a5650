"""A person's profile as it is shown, stored and handed on."""

from __future__ import annotations

from schema.base_model import Model, UnitInterval
from schema.vocabulary import Evolution, Trait


class TraitLevel(Model):
    """A person's level on one trait, and its confidence."""

    trait: Trait
    score: UnitInterval
    """0 low, 0.5 in the middle, 1 high."""
    confidence: UnitInterval
    """0 nothing known, towards 1 with every piece of evidence; never reaches 1."""
    evidence: int
    """The number of answers with evidence for the trait. All texts to one question count as one answer."""
    evolution: Evolution = Evolution.UNSETTLED


class Profile(Model):
    """A person's profile as the person sees it."""

    traits: list[TraitLevel]
    """The Big Five in their usual order; empty before the first analysis."""
    patterns: list[str]
    """The most frequent first, in the person's language."""
    insights: list[str]
    """The newest last, in the person's language."""
    answers: int
    """The number of answers in the profile, over all sessions, with all texts to one question as one answer."""
    offline: bool = False
    """Whether the offline analyst wrote at least part of it. The channel tells the person."""

    @property
    def empty(self) -> bool:
        """Whether the profile has nothing to show yet."""
        return not self.answers and not self.traits
