"""Classifies how a trait has changed over its history."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import linear_regression, pstdev

from schema.vocabulary import Evolution

SIGNIFICANT = 0.2
"""Only a change of a score above this is told to the person."""


def evolution_of(scores: Sequence[float]) -> Evolution:
    """The evolution of a trait from its scores (0 to 1, oldest first); unsettled with fewer than three."""
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
    """Whether a trait changed enough to tell the person."""
    return abs(after - before) > SIGNIFICANT


def _fitted_change(scores: Sequence[float]) -> float:
    """The change from first to last along the least-squares line, which a single outlier hardly affects."""
    return linear_regression(range(len(scores)), scores).slope * (len(scores) - 1)
