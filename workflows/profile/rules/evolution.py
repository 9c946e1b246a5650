"""Says how a trait has changed between the days on which a person talked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, hypot, sqrt
from statistics import linear_regression, pstdev

from schema.vocabulary import Evolution

SIGNIFICANT = 0.2
"""Only a change of a score above this is told to the person."""

_BEYOND_CHANCE = 1.96
"""How many standard errors a change must exceed: by chance alone, one in twenty does."""
_SPREAD = 0.25
"""How far two readings of full confidence scatter for one person. Assumed, not measured: half of a scale's half."""


@dataclass(frozen=True)
class DayEstimate:
    """A trait as the evidence of one day alone shows it: no day pulls at the estimate of another."""

    score: float
    """0 to 1."""
    weight: float
    """The sum of the evidence's confidence; above 0."""

    @property
    def error(self) -> float:
        """The standard error of the score."""
        return _SPREAD / sqrt(self.weight)


def evolution_of(days: Sequence[DayEstimate]) -> Evolution:
    """The evolution of a trait over its days, oldest first; unsettled with fewer than three, or within chance."""
    if len(days) < 3:
        return Evolution.UNSETTLED
    scores = [day.score for day in days]
    trend = linear_regression(range(len(scores)), scores).slope * (len(scores) - 1)
    if abs(trend) > 0.15 and abs(trend) > _BEYOND_CHANCE * _error_of_trend(days):
        return Evolution.INCREASING if trend > 0 else Evolution.DECREASING
    lowest, highest = min(days, key=lambda day: day.score), max(days, key=lambda day: day.score)
    if pstdev(scores) > 0.15 and is_significant(lowest, highest):
        return Evolution.OSCILLATING
    if highest.score - lowest.score < 0.05:
        return Evolution.STABLE
    return Evolution.UNSETTLED


def is_significant(before: DayEstimate, after: DayEstimate) -> bool:
    """Whether a trait differs between two days by more than a little, and by more than chance."""
    change = abs(after.score - before.score)
    return change > SIGNIFICANT and change > _BEYOND_CHANCE * hypot(before.error, after.error)


def _error_of_trend(days: Sequence[DayEstimate]) -> float:
    """The standard error of the change along the least-squares line, from the errors of its days."""
    middle = (len(days) - 1) / 2
    pulls = [number - middle for number in range(len(days))]
    whole = fsum(pull * pull for pull in pulls)
    return (len(days) - 1) * hypot(*(pull / whole * day.error for pull, day in zip(pulls, days, strict=True)))
