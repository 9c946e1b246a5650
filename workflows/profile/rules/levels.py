"""Levels: values that are more or less, from readings weighted by their confidence and their age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum

from schema.vocabulary import Evolution
from workflows.profile.rules.evolution import OccasionEstimate, estimate_of, evolution_of, has_changed
from workflows.profile.rules.readings import Reading

HALF_LIFE = timedelta(days=180)
"""The age at which a reading weighs half of a new one."""

# A new person starts in the middle with the weight of one full-confidence answer, so that no single answer decides.
_PRIOR_WEIGHT = 1.0


@dataclass(frozen=True)
class LevelValue:
    """A level as it stands, and what it comes from."""

    score: float
    confidence: float
    answers: int
    """Askings with evidence for it."""
    skips: int
    """Askings that were skipped, where that counts."""
    evolution: Evolution
    changed: bool
    """Whether it has reliably changed by its last occasion."""
    said_at: datetime
    """When the person said the latest of what it rests on."""


def level(readings: Sequence[Reading], half_life: timedelta, *, evolves: bool) -> LevelValue:
    """The level that readings of one value show.

    Age is counted from the value's own latest reading, not from today: so a value that nothing new is said of stays as
    it was.
    """
    weights = weights_by_age(readings, half_life)
    weight = fsum(weights)
    score = fsum(w * r.score for w, r in zip(weights, readings, strict=True))
    told = estimates(readings) if evolves else []
    return LevelValue(
        score=round((score + _PRIOR_WEIGHT * 0.5) / (weight + _PRIOR_WEIGHT), 4),
        confidence=confidence_of(weight),
        answers=len({r.asked for r in readings if r.answer_id}),
        skips=len({r.asked for r in readings if not r.answer_id}),
        evolution=evolution_of(told),
        changed=has_changed(told),
        said_at=max(r.said_at for r in readings),
    )


def estimates(readings: Sequence[Reading]) -> list[OccasionEstimate]:
    """What each occasion alone says of a value, the oldest first."""
    occasions: dict[tuple[datetime, str], list[tuple[float, float]]] = {}
    for reading in readings:
        occasions.setdefault((reading.began_at, reading.occasion), []).append((reading.score, reading.confidence))
    told = (estimate_of(began_at, of_one) for (began_at, _), of_one in sorted(occasions.items()))
    return [estimate for estimate in told if estimate is not None]


def weights_by_age(readings: Sequence[Reading], half_life: timedelta) -> list[float]:
    """The weight of each reading: its confidence, halved with each half-life before the latest of them."""
    latest = max(reading.said_at for reading in readings)
    return [reading.confidence * 0.5 ** ((latest - reading.said_at) / half_life) for reading in readings]


def confidence_of(weight: float) -> float:
    """The confidence of so much evidence: it grows with every piece and never reaches 1."""
    return min(0.9999, round(weight / (weight + 1), 4))
