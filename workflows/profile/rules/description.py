"""Describes a profile in fixed words of ours, from which its vector is made: who is alike is described alike."""

from __future__ import annotations

from schema.profile.layers import HIGH, LOW, VISIBLE, Level, Profile


def description(profile: Profile) -> str:
    """The visible levels of all layers and the patterns; empty while there are none. It holds no quote."""
    told = [
        *(f"{_much(level)} {level.trait}" for level in profile.traits if _visible(level)),
        *(f"{_much(facet)} {facet.facet}" for level in profile.traits for facet in level.facets if _visible(facet)),
        *(f"{_much(level)} {level.dynamic}" for level in profile.dynamics if _visible(level)),
        *(f"{level.domain.lower()} matters" for level in profile.affinities if _visible(level) and level.score >= HIGH),
        *(
            f"{aspect.aspect}: {aspect.way}"
            for aspect in (*profile.signature, *profile.adaptive)
            if aspect.way and aspect.confidence >= VISIBLE
        ),
        *profile.patterns,
    ]
    return "; ".join(told).replace("_", " ")


def _visible(level: Level) -> bool:
    return level.confidence >= VISIBLE


def _much(level: Level) -> str:
    return "low" if level.score <= LOW else "high" if level.score >= HIGH else "medium"
