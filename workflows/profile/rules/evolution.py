"""Says how a value of a profile has changed between the occasions on which a person talked, where chance can't say it.

docs/profile.md tells what is assumed, and how often simulated people are told what is true of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import cbrt, fsum, sqrt
from operator import mul
from statistics import NormalDist
from typing import NamedTuple

from schema.vocabulary import Evolution

SPREAD = 0.25
"""How far the readings of one occasion scatter about a person's level, whatever their confidence. An assumption."""
STATE = 0.05
"""What the state of a single day adds, which no number of answers averages out (Fleeson 2001). An assumption, too."""
SIGNIFICANT = 0.2
"""Only a change of a level above this is told."""
EVOLVING_VALUES = 9
"""The Big Five and the core dynamics. A constant, so that evidence for one value touches nothing said of another."""

_TREND = 0.15
"""A smaller change along the line is no trend."""
_SWING = 0.15
"""A smaller standard deviation is no going up and down."""
_VARIATION = 0.05
"""Who varies by more, beyond chance, is not stable."""
_ONE_TEST = 1.96
"""How many standard errors one test exceeds by chance in one of twenty cases."""
_MOVES = 3
"""Tests of whether a value moves: a line, a step early, a step late. Steps at neighbouring occasions are as one."""
_SWINGS = 1
"""Whether it goes up and down is one test more, with a limit of its own: conditions besides make its alarms rare."""
_OTHERS = 0.8
"""The part of a limit that must be exceeded without the oddest occasion, too: one bad week is nothing to tell."""
_YEAR = 12
"""The occasions of a year of monthly sessions."""


@dataclass(frozen=True)
class OccasionEstimate:
    """A value as the evidence of one occasion alone shows it: no occasion pulls at the estimate of another."""

    at: datetime
    """When the occasion (a session, a week of coaching) began."""
    score: float
    """0 to 1."""
    error: float
    """The standard error of the score; above 0."""


def estimate_of(at: datetime, readings: Sequence[tuple[float, float]]) -> OccasionEstimate | None:
    """The mean of an occasion's readings (score, confidence), weighted by confidence; None without any confidence.

    Kish (1965): weights that differ make a mean as uncertain as that of fewer readings. Confidence itself makes none
    surer, for nobody has measured what a confidence is worth.
    """
    whole = fsum(confidence for _, confidence in readings)
    if not whole:
        return None
    shares = [confidence / whole for _, confidence in readings]
    score = fsum(share * score for share, (score, _) in zip(shares, readings, strict=True))
    error = sqrt(STATE**2 + SPREAD**2 * fsum(share * share for share in shares))
    return OccasionEstimate(at, min(1.0, max(0.0, score)), error)


def evolution_of(estimates: Sequence[OccasionEstimate]) -> Evolution:
    """The pattern of a value over its occasions, oldest first; unsettled with fewer than three, or within chance."""
    if len(estimates) < 3 or estimates[0].at == estimates[-1].at:
        return Evolution.UNSETTLED
    trend = _trend(estimates)
    if abs(trend.size) > max(_TREND, _beyond_chance(len(estimates), _MOVES) * trend.error):
        return Evolution.INCREASING if trend.size > 0 else Evolution.DECREASING
    if _swings(estimates, trend):
        return Evolution.OSCILLATING
    return Evolution.STABLE if _stays(estimates, trend) else Evolution.UNSETTLED


def has_changed(estimates: Sequence[OccasionEstimate]) -> bool:
    """Whether the level of the last occasions is another than that before, by more than a little and than chance.

    A reliable change (Jacobson & Truax 1991) at whatever occasion it came (Quandt 1960). On either side are two
    occasions at least and a quarter of them, and no single one decides: one bad week is no change.
    """
    if len(estimates) < 5:
        return False
    beyond = _beyond_chance(len(estimates), _MOVES)
    return _stepped(estimates, beyond) and _stepped(_without_oddest(estimates), _OTHERS * beyond)


def _stepped(estimates: Sequence[OccasionEstimate], beyond: float) -> bool:
    return any(abs(step.size) > max(SIGNIFICANT, beyond * step.error) for step in _steps(estimates))


def _without_oddest(estimates: Sequence[OccasionEstimate]) -> list[OccasionEstimate]:
    """All estimates but that which is farthest from their level."""
    level = _level(estimates)
    oddest = max(estimates, key=lambda estimate: abs(estimate.score - level) / estimate.error)
    return [estimate for estimate in estimates if estimate is not oddest]


class _Change(NamedTuple):
    """A change as weighted least squares find it."""

    size: float
    error: float
    """The standard error of the size."""
    unexplained: float
    """The scatter that the change leaves: squared standard errors, summed."""


def _change(size: float, reach: float, unexplained: float, occasions: int) -> _Change:
    """A change by its size, and by the sum of the weighted squares of what it is the slope over.

    Where the estimates scatter more than their errors explain, all errors are taken to be larger (Birge 1932): neither
    moods, nor one bad week, nor a `SPREAD` that is too small make a change sure.
    """
    return _Change(size, sqrt(max(1.0, unexplained / (occasions - 2)) / reach), unexplained)


def _trend(estimates: Sequence[OccasionEstimate]) -> _Change:
    """The change from the first to the last occasion, along the line over time that fits best."""
    began = estimates[0].at
    lasted = (estimates[-1].at - began).total_seconds()
    times = [(estimate.at - began).total_seconds() / lasted for estimate in estimates]
    weights = _weights(estimates)
    middle = fsum(map(mul, weights, times)) / fsum(weights)
    away = [time - middle for time in times]
    pulls = list(map(mul, weights, away))
    reach = fsum(map(mul, pulls, away))
    scores = _about(_level(estimates), estimates)
    size = fsum(map(mul, pulls, scores)) / reach
    left = [score - size * far for score, far in zip(scores, away, strict=True)]
    return _change(size, reach, fsum(map(mul, weights, map(mul, left, left))), len(estimates))


def _steps(estimates: Sequence[OccasionEstimate]) -> Iterator[_Change]:
    """The changes of level, one for each occasion that leaves enough before and after it."""
    count = len(estimates)
    least = max(2, count // 4)
    if count < 2 * least:
        return
    weights = _weights(estimates)
    away = _about(_level(estimates), estimates)
    pulls = list(map(mul, weights, away))
    whole, scatter = fsum(weights), fsum(map(mul, pulls, away))
    for before in range(least, count - least + 1):
        weight, pull = fsum(weights[:before]), fsum(pulls[:before])
        reach = weight * (whole - weight) / whole
        yield _change(-pull / reach, reach, scatter - pull * pull / reach, count)


@cache
def _beyond_chance(occasions: int, tests: int) -> float:
    """How many standard errors a change must exceed, for a person who is looked at after every occasion.

    Bonferroni over all values and their tests. The first looks of a year are the strictest (O'Brien & Fleming 1979), so
    that looking often costs the later ones little; after it, each look counts for more tests, so that many years add
    little to the first. Both are calibrated by what simulated people hear by chance: see docs/profile.md.
    """
    beyond = NormalDist().inv_cdf(1 - 0.05 / (2 * EVOLVING_VALUES * tests * max(1.0, occasions / _YEAR) ** 4))
    return max(_ONE_TEST, beyond * sqrt(max(1.0, _YEAR / occasions)))


def _swings(estimates: Sequence[OccasionEstimate], trend: _Change) -> bool:
    """Whether a value goes up and down by more than chance, and not in one occasion alone."""
    count, beyond = len(estimates), _beyond_chance(len(estimates), _SWINGS)
    if count < 4 or _deviation(estimates) <= _SWING or _surprise(trend.unexplained, count - 2) <= beyond:
        return False
    others = _without_oddest(estimates)
    return _deviation(others) > _SWING and _surprise(_scatter(others), count - 2) > _OTHERS * beyond


def _stays(estimates: Sequence[OccasionEstimate], trend: _Change) -> bool:
    """Whether a value varies little beyond chance, and no change that would be told can hide in its uncertainty."""
    beyond_chance = (trend.unexplained - len(estimates) + 2) / fsum(_weights(estimates))
    if abs(trend.size) >= _VARIATION or beyond_chance >= _VARIATION**2:
        return False
    steps = list(_steps(estimates))
    middle = steps[len(steps) // 2] if steps else None
    return middle is not None and abs(middle.size) + _ONE_TEST * middle.error < SIGNIFICANT


def _weights(estimates: Sequence[OccasionEstimate]) -> list[float]:
    return [1 / (estimate.error * estimate.error) for estimate in estimates]


def _level(estimates: Sequence[OccasionEstimate]) -> float:
    """The mean of the scores, each weighted by the inverse of its variance."""
    weights = _weights(estimates)
    return fsum(map(mul, weights, [estimate.score for estimate in estimates])) / fsum(weights)


def _about(level: float, estimates: Sequence[OccasionEstimate]) -> list[float]:
    return [estimate.score - level for estimate in estimates]


def _scatter(estimates: Sequence[OccasionEstimate]) -> float:
    """Squared standard errors between the scores and their level, summed (Cochran 1954)."""
    away = _about(_level(estimates), estimates)
    return fsum(map(mul, _weights(estimates), map(mul, away, away)))


def _deviation(estimates: Sequence[OccasionEstimate]) -> float:
    """The standard deviation of the scores about their mean."""
    mean = fsum(estimate.score for estimate in estimates) / len(estimates)
    return sqrt(fsum((estimate.score - mean) ** 2 for estimate in estimates) / len(estimates))


def _surprise(scatter: float, freedom: int) -> float:
    """How far a chi-square is beyond chance, in standard errors (Wilson & Hilferty 1931)."""
    share = 2 / (9 * freedom)
    return (cbrt(scatter / freedom) - (1 - share)) / sqrt(share)
