"""What analysts and answers say of a person: the evidence from which a profile is merged."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import NamedTuple

from schema.analysis.readings import DeepAnalysis
from schema.profile_vocabulary import ADAPTIVE, SIGNATURE, Facet, Layer
from schema.vocabulary import Trait


class ValueKey(NamedTuple):
    """One value of a profile."""

    layer: Layer
    name: str


class Reading(NamedTuple):
    """One piece of evidence, and where it comes from."""

    speaks_for: tuple[ValueKey, ...]
    """The values that rest on it. Who denies one of them takes it out of all."""
    score: float
    """Where it puts the person, 0 to 1; of one way of an aspect, 1."""
    confidence: float
    """Its weight, 0 to 1."""
    answer_id: str | None
    """None for a question that was skipped."""
    asked: str
    """The asking that it answers. All texts to one asking count as one answer."""
    occasion: str
    """The session, or the week of coaching, that it belongs to."""
    began_at: datetime
    """When the occasion began."""
    said_at: datetime
    way: str = ""
    """The way of an aspect; empty for a level."""


def of_analysis(
    analysis: DeepAnalysis, *, answer_id: str, asked: str, occasion: str, began_at: datetime, said_at: datetime
) -> list[Reading]:
    """The readings that an analysis of an answer holds."""

    def reading(layer: Layer, name: str, way: str | None, score: float, confidence: float) -> Reading:
        return Reading(
            speaks_for=speaks_for(layer, name, way),
            score=score,
            confidence=confidence,
            answer_id=answer_id,
            asked=asked,
            occasion=occasion,
            began_at=began_at,
            said_at=said_at,
            way="" if layer is Layer.BIG_FIVE else way or "",
        )

    return [
        *(reading(Layer.BIG_FIVE, e.trait, e.facet, e.score, e.confidence) for e in analysis.traits),
        *(reading(Layer.CORE_DYNAMICS, e.dynamic, None, e.score, e.confidence) for e in analysis.dynamics),
        *(reading(Layer.SIGNATURE, e.aspect, e.way, 1.0, e.confidence) for e in analysis.aspects),
    ]


# A year of a person has a thousand pieces of evidence for some sixty values.
@cache
def speaks_for(layer: str, name: str, way: str | None) -> tuple[ValueKey, ...]:
    """The values that a piece of evidence speaks for; of a trait, `way` is its facet."""
    match layer:
        case Layer.BIG_FIVE:
            return of_trait(name, way)
        case Layer.CORE_DYNAMICS:
            return (ValueKey(Layer.CORE_DYNAMICS, name),)
        case Layer.DOMAIN_AFFINITIES:
            return of_domain(name)
        case _:
            return of_aspect(name)


def of_trait(trait: str, facet: str | None) -> tuple[ValueKey, ...]:
    """The values of evidence for a trait, and for its facet where the analyst names one of that trait."""
    found = (ValueKey(Layer.BIG_FIVE, trait),)
    known = facet in set(Facet) and Facet(facet).trait is Trait(trait)
    return (*found, ValueKey(Layer.FACETS, facet)) if facet and known else found


def of_aspect(aspect: str) -> tuple[ValueKey, ...]:
    """The values of evidence for an aspect. What the signature does not know adapts."""
    signature = (ValueKey(Layer.SIGNATURE, aspect),) if aspect in SIGNATURE else ()
    adaptive = (ValueKey(Layer.ADAPTIVE_TRAITS, aspect),) if aspect in ADAPTIVE or not signature else ()
    return adaptive + signature


def of_domain(domain: str) -> tuple[ValueKey, ...]:
    """The value of what is said in a part of life."""
    return (ValueKey(Layer.DOMAIN_AFFINITIES, domain),)
