"""How a trait has moved over its history."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import linear_regression, pstdev

from schema.vocabulary import Evolution

SIGNIFICANT = 0.2
"""A change of a score over this is worth telling the person about."""


def evolution_of(scores: Sequence[float]) -> Evolution:
    """The movement of a trait's scores (0 to 1, oldest first); unsettled with fewer than three of them."""
    if len(scores) < 3:
        return Evolution.UNSETTLED
    trend = _fitted_change(scores)
    if trend > 0.15:
        return Evolution.INCREASING
    if trend < -0.15:
        return Evolution.DECREASING
    if pstdev(scores) > 0.15:
        return Evolution.OSCILLATING
    if max(scores) - min(scores) < 0.05:
        return Evolution.STABLE
    return Evolution.UNSETTLED


def is_significant(before: float, after: float) -> bool:
    """Whether a trait moved enough to be told."""
    return abs(after - before) > SIGNIFICANT


def _fitted_change(scores: Sequence[float]) -> float:
    """Change from first to last along the least-squares line, which a single outlier does not turn."""
    return linear_regression(range(len(scores)), scores).slope * (len(scores) - 1)
