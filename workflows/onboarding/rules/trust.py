"""Computes trust from what a person shares, not from the number of their taps."""

from __future__ import annotations

from collections.abc import Sequence

from schema.onboarding.activities import AskedQuestion
from schema.vocabulary import Depth, Trust

# An open answer to a deep question shows more trust than one about the weather.
_WEIGHT = {Depth.SURFACE: 1.0, Depth.CONSCIOUS: 1.3, Depth.EDGE: 1.6, Depth.SHADOW: 2.0, Depth.CORE: 2.3}

# An open person (sharing about 0.6) becomes a confidant around the seventh answer of a first session.
_THRESHOLDS = (
    (8.0, Trust.SOUL_MATE),
    (4.5, Trust.CONFIDANT),
    (2.5, Trust.COMPANION),
    (1.0, Trust.ACQUAINTANCE),
    (0.0, Trust.STRANGER),
)


def points_of(asked: Sequence[AskedQuestion]) -> float:
    """Trust points a session has earned: what each answer shared, weighed by the depth of its question.

    A choice shares no words of one's own, so it earns none.
    """
    return sum(a.sharing * _WEIGHT[a.depth] for a in asked if a.outcome == "answered" and not a.chosen)


def level_of(points: float) -> Trust:
    """The level that points (of all sessions) have reached."""
    return next(level for threshold, level in _THRESHOLDS if points >= threshold or threshold == 0)
