"""Says how a level has changed between the occasions on which a person talked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum, sqrt

from schema.vocabulary import Evolution


@dataclass(frozen=True)
class OccasionEstimate:
    """A level as the evidence of one occasion alone shows it."""

    at: datetime
    score: float
    error: float


def estimate_of(at: datetime, readings: Sequence[tuple[float, float]]) -> OccasionEstimate | None:
    """The estimate of one occasion from its scores and confidences."""
    weight = fsum(confidence for _, confidence in readings)
    if not weight:
        return None
    score = fsum(score * confidence for score, confidence in readings) / weight
    error = sqrt(0.05**2 + 0.25**2 * fsum((confidence / weight) ** 2 for _, confidence in readings))
    return OccasionEstimate(at, score, error)


def evolution_of(estimates: Sequence[OccasionEstimate]) -> Evolution:
    """The evolution of a level."""
    return Evolution.UNSETTLED


def has_changed(estimates: Sequence[OccasionEstimate]) -> bool:
    """Whether a level has changed by the last of its estimates."""
    return False
