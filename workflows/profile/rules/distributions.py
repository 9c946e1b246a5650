"""Distributions: what shows itself as one of several named ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum

from schema.profile_vocabulary import WAYS, Aspect
from workflows.profile.rules.levels import confidence_of, weights_by_age
from workflows.profile.rules.readings import Reading

# Before anything is said, all ways share the weight of one full-confidence answer.
_PRIOR_WEIGHT = 1.0
# A way leads clearly when it has half of everything, twice as much as the next, and more than one answer shows it.
_LEADS_FROM, _TIMES_THE_NEXT, _FEWEST_ANSWERS = 0.5, 2.0, 2


@dataclass(frozen=True)
class DistributionValue:
    """The ways of an aspect, as far as the person has shown them."""

    shares: dict[str, float]
    """The share of each way with evidence, the largest first. What no evidence fills is left out."""
    answers: dict[str, int]
    """The askings with evidence for each of them."""
    evidence: int
    """The askings with evidence for any of them."""
    leads: str | None
    """The way that clearly leads; None while none does."""
    confidence: float
    said_at: datetime

    @property
    def share(self) -> float:
        """The largest share."""
        return next(iter(self.shares.values()))


def distribution(aspect: str, readings: Sequence[Reading], half_life: timedelta | None) -> DistributionValue:
    """The distribution that readings of one aspect show; without a half-life, old and new weigh alike."""
    weights = weights_by_age(readings, half_life) if half_life else [reading.confidence for reading in readings]
    found = sorted({reading.way for reading in readings})
    known = WAYS[Aspect(aspect)] if aspect in set(Aspect) else ()
    weight, ways = fsum(weights), {*known, *found}
    shares = {
        way: (fsum(w for w, r in zip(weights, readings, strict=True) if r.way == way) + _PRIOR_WEIGHT / len(ways))
        / (weight + _PRIOR_WEIGHT)
        for way in found
    }
    answers = {way: len({r.asked for r in readings if r.way == way}) for way in found}
    first, *others = sorted(found, key=lambda way: (-shares[way], way))
    next_share = shares[others[0]] if others else _PRIOR_WEIGHT / len(ways) / (weight + _PRIOR_WEIGHT)
    clear = shares[first] >= max(_LEADS_FROM, _TIMES_THE_NEXT * next_share) and answers[first] >= _FEWEST_ANSWERS
    return DistributionValue(
        shares={way: round(shares[way], 4) for way in (first, *others)},
        answers=answers,
        evidence=len({reading.asked for reading in readings}),
        leads=first if clear else None,
        confidence=confidence_of(weight),
        said_at=max(reading.said_at for reading in readings),
    )
