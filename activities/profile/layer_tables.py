"""Writes the values of a profile to the tables of their layers, and the history of what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from asyncpg.pool import PoolConnectionProxy

from schema.profile_vocabulary import Layer
from workflows.profile.rules.levels import LevelValue
from workflows.profile.rules.merge import Value
from workflows.profile.rules.readings import ValueKey

_LEVELS = {
    Layer.BIG_FIVE: ("big_five_traits", "trait", ("score", "confidence", "evidence", "evolution", "updated_at")),
    Layer.FACETS: ("big_five_facets", "facet", ("score", "confidence", "evidence", "updated_at")),
    Layer.CORE_DYNAMICS: ("core_dynamics", "dynamic", ("score", "confidence", "evidence", "evolution", "updated_at")),
    Layer.DOMAIN_AFFINITIES: (
        "domain_affinities",
        "domain",
        ("score", "confidence", "evidence", "skips", "updated_at"),
    ),
}
_DISTRIBUTIONS = {Layer.ADAPTIVE_TRAITS: "adaptive_traits", Layer.SIGNATURE: "unique_signatures"}
_OF_A_WAY = ("share", "leads", "confidence", "evidence", "updated_at")


def _upsert(layer: Layer) -> str:
    table, key, columns = _LEVELS[layer] if layer in _LEVELS else (_DISTRIBUTIONS[layer], "aspect, way", _OF_A_WAY)
    given = ["name", *(("way",) if layer in _DISTRIBUTIONS else ()), *columns]
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return (
        f"{layer} AS (INSERT INTO profiles_store.{table} (user_ref, {key}, {', '.join(columns)})"
        f" SELECT $1, {', '.join('score' if column == 'share' else column for column in given)} FROM given"
        f" WHERE layer = '{layer}' ON CONFLICT (user_ref, {key}) DO UPDATE SET {sets})"
    )


# One statement for all layers, because each is a round trip while others wait for the person's lock.
_KEEP = f"""
    WITH given AS (
        SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::float8[], $6::bool[], $7::float8[], $8::int[],
            $9::int[], $10::text[], $11::timestamptz[])
        AS g (layer, name, way, score, leads, confidence, evidence, skips, evolution, updated_at)
    ), {", ".join(map(_upsert, Layer))}
    INSERT INTO profiles_store.value_history
        (user_ref, layer, name, old_score, new_score, old_way, new_way, confidence, significant, trigger_kind,
         answer_id, changed_at)
    SELECT $1, h.layer, h.name, h.old_score, h.new_score, h.old_way, h.new_way, h.confidence, h.significant, $12, $13,
        $14
    FROM unnest($15::text[], $16::text[], $17::float8[], $18::float8[], $19::text[], $20::text[], $21::float8[],
        $22::bool[])
    AS h (layer, name, old_score, new_score, old_way, new_way, confidence, significant)
"""

_STORED = " UNION ALL ".join(
    [
        *(
            f"SELECT '{layer}' AS layer, {key} AS name, score, NULL AS way, false AS leads"
            f" FROM profiles_store.{table} WHERE user_ref = $1"
            for layer, (table, key, _) in _LEVELS.items()
        ),
        *(
            f"SELECT '{layer}', aspect, share, way, leads FROM profiles_store.{table} WHERE user_ref = $1"
            for layer, table in _DISTRIBUTIONS.items()
        ),
    ]
)


@dataclass(frozen=True)
class Trigger:
    """What made values change."""

    kind: Literal["answer", "objection", "denial"]
    answer_id: str | None
    at: datetime


@dataclass(frozen=True)
class _Stood:
    """What a value was before."""

    score: float
    """Of an aspect, the largest share."""
    way: str | None
    """The way that led."""


async def keep_values(
    connection: PoolConnectionProxy,
    user_ref: str,
    values: Mapping[ValueKey, Value],
    touched: Collection[ValueKey] | None,
    trigger: Trigger | None,
) -> None:
    """Stores the values that were touched; without `touched`, all. What nothing speaks for any more is removed.

    Without a `trigger` no change is noted in the history: nothing happened that one could tell the person of.
    """
    stood, ways = await _stored(connection, user_ref)
    touched = stood.keys() | values.keys() if touched is None else touched
    await _remove(connection, user_ref, {key for key in touched if key in stood and key not in values}, ways, values)
    changes = [
        (key, stood.get(key), values.get(key))
        for key in sorted(touched)
        if trigger and _now(values.get(key)) != stood.get(key)
    ]
    rows = [row for key in sorted(touched) if key in values for row in _rows(key, values[key])]
    await connection.execute(
        _KEEP,
        user_ref,
        *([row[at] for row in rows] for at in range(10)),
        trigger and trigger.kind,
        trigger and trigger.answer_id,
        trigger and trigger.at,
        [key.layer for key, _, _ in changes],
        [key.name for key, _, _ in changes],
        [before and before.score for _, before, _ in changes],
        [now and now.score for now in (_now(value) for _, _, value in changes)],
        [before and before.way for _, before, _ in changes],
        [now and now.way for now in (_now(value) for _, _, value in changes)],
        [value.confidence if value else 0.0 for _, _, value in changes],
        [isinstance(value, LevelValue) and value.changed for _, _, value in changes],
    )


async def _stored(
    connection: PoolConnectionProxy, user_ref: str
) -> tuple[dict[ValueKey, _Stood], dict[ValueKey, set[str]]]:
    stood: dict[ValueKey, _Stood] = {}
    ways: dict[ValueKey, set[str]] = {}
    for row in await connection.fetch(_STORED, user_ref):
        key = ValueKey(Layer(row["layer"]), row["name"])
        if row["way"] is not None:
            ways.setdefault(key, set()).add(row["way"])
        before = stood.get(key)
        if before is None or row["score"] > before.score:
            stood[key] = _Stood(row["score"], row["way"] if row["leads"] else None)
    return stood, ways


async def _remove(
    connection: PoolConnectionProxy,
    user_ref: str,
    gone: Collection[ValueKey],
    ways: Mapping[ValueKey, set[str]],
    values: Mapping[ValueKey, Value],
) -> None:
    """Deletes values that nothing speaks for any more, and ways that no reading shows."""
    for key in gone:
        table, column = _LEVELS[key.layer][:2] if key.layer in _LEVELS else (_DISTRIBUTIONS[key.layer], "aspect")
        await connection.execute(
            f"DELETE FROM profiles_store.{table} WHERE user_ref = $1 AND {column} = $2", user_ref, key.name
        )
    for key, stored in ways.items():
        value = values.get(key)
        if value is not None and not isinstance(value, LevelValue) and (unshown := stored - value.shares.keys()):
            await connection.execute(
                f"DELETE FROM profiles_store.{_DISTRIBUTIONS[key.layer]}"
                " WHERE user_ref = $1 AND aspect = $2 AND way = ANY ($3)",
                user_ref,
                key.name,
                list(unshown),
            )


def _now(value: Value | None) -> _Stood | None:
    if value is None:
        return None
    return _Stood(value.score, None) if isinstance(value, LevelValue) else _Stood(value.share, value.leads)


def _rows(key: ValueKey, value: Value) -> Iterator[tuple[object, ...]]:
    """The rows of a value: layer, name, way, score, leads, confidence, evidence, skips, evolution, updated at."""
    if isinstance(value, LevelValue):
        yield (
            *(key.layer, key.name, None, value.score, False, value.confidence),
            *(value.answers, value.skips, value.evolution, value.said_at),
        )
        return
    for way, share in value.shares.items():
        yield (
            *(key.layer, key.name, way, share, way == value.leads, value.confidence),
            *(value.answers[way], 0, None, value.said_at),
        )
