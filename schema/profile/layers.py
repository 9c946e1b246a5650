"""A person's profile as it is shown, stored and handed on."""

from __future__ import annotations

import operator
from datetime import datetime

from pydantic import Field

from schema.base_model import Model, UnitInterval
from schema.profile_vocabulary import Dynamic, Facet, Layer
from schema.vocabulary import Domain, Evolution, Trait

VISIBLE = 0.25
"""The confidence from which on a value is more than a guess."""
LOW, HIGH = 0.4, 0.6
"""A level up to the first is low, from the second on high, and between them in the middle."""


class Level(Model):
    """A level of a person, and how sure it is: the base of all values that are more or less."""

    score: UnitInterval
    """0 low, 0.5 in the middle, 1 high."""
    confidence: UnitInterval
    """0 nothing known, towards 1 with every piece of evidence; never reaches 1."""
    evidence: int
    """The number of answers with evidence for the value. All texts to one question count as one answer."""


class FacetLevel(Level):
    """A person's level on one facet of a trait."""

    facet: Facet


class TraitLevel(Level):
    """A person's level on one trait, over all its facets."""

    trait: Trait
    evolution: Evolution = Evolution.UNSETTLED
    facets: list[FacetLevel] = Field(default=[], exclude_if=operator.not_)
    """Those with evidence, in their usual order."""


class DynamicLevel(Level):
    """A person's level on one of the core dynamics."""

    dynamic: Dynamic
    evolution: Evolution = Evolution.UNSETTLED


class AspectLevel(Model):
    """What a person shows of an aspect."""

    aspect: str
    way: str | None
    """The way that clearly leads; None while none does, and then nothing is said of the aspect but that."""
    share: UnitInterval
    """The leading way's share of the evidence."""
    confidence: UnitInterval
    evidence: int
    """The number of answers with evidence for the aspect."""


class DomainAffinity(Level):
    """How much and how warmly a person speaks of a part of their life."""

    domain: Domain
    skips: int
    """The number of questions of the domain that the person skipped."""


class Profile(Model):
    """A person's profile as the person sees it."""

    traits: list[TraitLevel]
    """The Big Five in their usual order, those with evidence; empty before the first analysis."""
    # Layers without evidence are left out of the payload.
    dynamics: list[DynamicLevel] = Field(default=[], exclude_if=operator.not_)
    adaptive: list[AspectLevel] = Field(default=[], exclude_if=operator.not_)
    """What the person has shown lately."""
    affinities: list[DomainAffinity] = Field(default=[], exclude_if=operator.not_)
    """The dearest first."""
    signature: list[AspectLevel] = Field(default=[], exclude_if=operator.not_)
    """What the person has shown over all the time."""
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


class ValueName(Model):
    """The name of one value of a profile: a person may ask why it stands, or say that it is not them."""

    layer: Layer
    name: str
    """A `Trait`, `Facet`, `Dynamic`, `Domain` or `Aspect`, by its value."""


class Reason(Model):
    """Words of the person behind a value."""

    quote: str
    """The person's own words; of a domain, the beginning of what they wrote."""
    question: str
    """The question that they answered, in their language."""
    said_at: datetime


class Estimate(Model):
    """A value as one occasion (a session, a week of coaching) alone shows it."""

    at: datetime
    score: UnitInterval
    error: float
    """The standard error of the score."""
    changed: bool
    """Whether the value had reliably changed by then."""


class ValueOverTime(Model):
    """The history of one level."""

    value: ValueName
    estimates: list[Estimate]
    """The oldest first; at least one."""
    evolution: Evolution
