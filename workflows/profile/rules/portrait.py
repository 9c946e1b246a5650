"""Draws what a person sees of their profile from its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from schema.profile.layers import (
    AspectLevel,
    DomainAffinity,
    DynamicLevel,
    Estimate,
    FacetLevel,
    TraitLevel,
    ValueName,
    ValueOverTime,
)
from schema.profile_vocabulary import ADAPTIVE, SIGNATURE, Dynamic, Facet, Layer
from schema.vocabulary import Domain, Trait
from workflows.profile.rules.distributions import DistributionValue
from workflows.profile.rules.evolution import evolution_of, has_changed
from workflows.profile.rules.levels import LevelValue, estimates
from workflows.profile.rules.merge import EVOLVES, Value, kept
from workflows.profile.rules.readings import Reading, ValueKey


@dataclass(frozen=True)
class Layers:
    """The layers of a profile in the order in which a person sees them."""

    traits: list[TraitLevel]
    dynamics: list[DynamicLevel]
    adaptive: list[AspectLevel]
    affinities: list[DomainAffinity]
    signature: list[AspectLevel]


def layers(values: Mapping[ValueKey, Value]) -> Layers:
    """The layers that values make. A value of a name that this release does not know is left out."""
    levels = {key: value for key, value in values.items() if isinstance(value, LevelValue)}
    spread = {key: value for key, value in values.items() if isinstance(value, DistributionValue)}
    facets = {facet: _facet(facet, found) for facet in Facet if (found := levels.get(ValueKey(Layer.FACETS, facet)))}
    affinities = [
        DomainAffinity(
            domain=domain, score=found.score, confidence=found.confidence, evidence=found.answers, skips=found.skips
        )
        for domain in Domain
        if (found := levels.get(ValueKey(Layer.DOMAIN_AFFINITIES, domain)))
    ]
    named = [key.name for key in spread if key.layer is Layer.ADAPTIVE_TRAITS]
    return Layers(
        traits=[
            TraitLevel(
                trait=trait,
                score=found.score,
                confidence=found.confidence,
                evidence=found.answers,
                evolution=found.evolution,
                facets=[level for facet, level in facets.items() if facet.trait is trait],
            )
            for trait in Trait
            if (found := levels.get(ValueKey(Layer.BIG_FIVE, trait)))
        ],
        dynamics=[
            DynamicLevel(
                dynamic=dynamic,
                score=found.score,
                confidence=found.confidence,
                evidence=found.answers,
                evolution=found.evolution,
            )
            for dynamic in Dynamic
            if (found := levels.get(ValueKey(Layer.CORE_DYNAMICS, dynamic)))
        ],
        adaptive=_aspects(Layer.ADAPTIVE_TRAITS, dict.fromkeys([*ADAPTIVE, *named]), spread),
        affinities=sorted(affinities, key=lambda affinity: -affinity.score),
        signature=_aspects(Layer.SIGNATURE, SIGNATURE, spread),
    )


def over_time(readings: Iterable[Reading], denied: Mapping[ValueKey, datetime]) -> list[ValueOverTime]:
    """The levels that evolve and have more than one estimate, in the order of the profile."""
    found = kept(readings, denied=denied)
    keys = [
        *(ValueKey(Layer.BIG_FIVE, trait) for trait in Trait),
        *(ValueKey(Layer.CORE_DYNAMICS, dynamic) for dynamic in Dynamic),
    ]
    assert {key.layer for key in keys} == set(EVOLVES)
    told = [(key, estimates(found[key])) for key in keys if key in found]
    return [
        ValueOverTime(
            value=ValueName(layer=key.layer, name=key.name),
            estimates=[
                Estimate(at=e.at, score=e.score, error=e.error, changed=has_changed(moved[: at + 1]))
                for at, e in enumerate(moved)
            ],
            evolution=evolution_of(moved),
        )
        for key, moved in told
        if len(moved) > 1
    ]


def _facet(facet: Facet, found: LevelValue) -> FacetLevel:
    return FacetLevel(facet=facet, score=found.score, confidence=found.confidence, evidence=found.answers)


def _aspects(layer: Layer, names: Iterable[str], spread: Mapping[ValueKey, DistributionValue]) -> list[AspectLevel]:
    """The aspects of a layer, also those of which nothing is known yet, once anything is."""
    if not any(key.layer is layer for key in spread):
        return []
    return [_aspect(name, spread.get(ValueKey(layer, name))) for name in names]


def _aspect(name: str, found: DistributionValue | None) -> AspectLevel:
    if found is None:
        return AspectLevel(aspect=name, way=None, share=0, confidence=0, evidence=0)
    return AspectLevel(
        aspect=name,
        way=found.leads,
        share=found.share,
        confidence=found.confidence,
        evidence=found.evidence,
    )
