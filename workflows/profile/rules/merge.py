"""Merges all evidence of a person into the layers of their profile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from schema.profile_vocabulary import Layer
from workflows.profile.rules.distributions import DistributionValue, distribution
from workflows.profile.rules.levels import HALF_LIFE, LevelValue, level
from workflows.profile.rules.readings import Reading, ValueKey

Value = LevelValue | DistributionValue
EVOLVES = (Layer.BIG_FIVE, Layer.CORE_DYNAMICS)
"""The layers of which one is told how they have moved."""


def merge(
    readings: Iterable[Reading],
    *,
    objected_to: Collection[str] = (),
    denied: Mapping[ValueKey, datetime] | None = None,
    half_life: timedelta = HALF_LIFE,
) -> dict[ValueKey, Value]:
    """The values that readings show; values without a reading are left out.

    The order of readings, objections and denials does not matter, and a reading touches no value but those that it
    speaks for. An objection takes all weight from what was read in the answer that it names. A denial does so with all
    that was said until then for the value that it names: with half of it, the profile would go on saying what the
    person denied.
    """
    found = kept(readings, objected_to=objected_to, denied=denied or {})
    return {key: _value(key, found[key], half_life) for key in sorted(found)}


def kept(
    readings: Iterable[Reading], *, objected_to: Collection[str] = (), denied: Mapping[ValueKey, datetime]
) -> dict[ValueKey, list[Reading]]:
    """The readings of each value that nobody took back, in an order of their own."""
    found: dict[ValueKey, list[Reading]] = {}
    for reading in sorted(readings, key=_in_order):
        if reading.answer_id not in objected_to and not _taken_back(reading, denied):
            for value in reading.speaks_for:
                found.setdefault(value, []).append(reading)
    return found


def _value(key: ValueKey, readings: list[Reading], half_life: timedelta) -> Value:
    match key.layer:
        case Layer.ADAPTIVE_TRAITS:
            return distribution(key.name, readings, half_life)
        case Layer.SIGNATURE:
            return distribution(key.name, readings, None)
        case _:
            return level(readings, half_life, evolves=key.layer in EVOLVES)


def _taken_back(reading: Reading, denied: Mapping[ValueKey, datetime]) -> bool:
    return bool(denied) and any(reading.said_at <= denied[value] for value in reading.speaks_for if value in denied)


def _in_order(reading: Reading) -> tuple[object, ...]:
    return (reading.said_at, reading.asked, reading.answer_id or "", reading.way, reading.score, reading.confidence)
