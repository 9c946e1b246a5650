"""A person's profile as it is shown, stored and handed on."""

from __future__ import annotations

from schema.model import Model, UnitInterval
from schema.vocabulary import Evolution, Trait


class TraitLevel(Model):
    """Where a person stands on one trait, and how sure we are."""

    trait: Trait
    score: UnitInterval
    """0 low, 0.5 in the middle, 1 high."""
    confidence: UnitInterval
    """0 nothing known, towards 1 with every piece of evidence; never reaches 1."""
    evidence: int
    """How many answers speak to it; whatever was said to one question is one answer."""
    evolution: Evolution = Evolution.UNSETTLED


class Profile(Model):
    """All that a person is shown about themselves."""

    traits: list[TraitLevel]
    """The Big Five in their usual order; empty before the first analysis."""
    patterns: list[str]
    """What came up most often first, in the person's language."""
    insights: list[str]
    """The newest last, in the person's language."""
    answers: int
    """Answers the profile stands on, over all sessions, counted like questions that were answered."""
    offline: bool = False
    """Whether the offline analyst wrote at least part of it; the person is told so."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell yet."""
        return not self.answers and not self.traits
