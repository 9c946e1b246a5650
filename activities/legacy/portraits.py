"""Profiles of the old system, and how they came to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from asyncpg.pool import PoolConnectionProxy

from activities.encryption.column import TextColumns
from activities.legacy.arriving import Arrival, Arriving, Sealed, seconds
from activities.profile.layer_tables import keep_values
from activities.profile.stored_readings import stored_readings
from schema.legacy.messages import Source
from schema.legacy.rows import GUESSED, LAYERS, OldChange, OldProfile, OldRow, level_of
from schema.vocabulary import Locale
from workflows.profile.rules.readings import ValueKey, speaks_for


class Profiles(Arriving):
    """What a person was taken for. Each value weighs in the profile as one answer would, and the layers show it."""

    source = Source.PROFILES
    renews = True
    # Each person's layers are merged anew.
    at_a_time = 100

    def __init__(self, columns: TextColumns, locale: Locale, half_life: timedelta) -> None:
        super().__init__(columns, locale)
        self._half_life = half_life

    def ready(self, row: OldRow, user_ref: str | None) -> Arrival:
        assert isinstance(row, OldProfile)
        values, misfits = row.values()
        told = {(v.layer, v.name, v.way): (v.score, v.confidence) for v in values}
        fields = {"values": told, "known_at": row.updated_at}
        return Arrival(str(row.id), user_ref, user_ref or "", fields, misfits)

    async def write(self, connection: PoolConnectionProxy, rows: Sequence[Sealed]) -> list[Arrival]:
        before = await self.here(connection, [a.kept_as for a, _ in rows])
        changed = [a for a, _ in rows if before.get(a.kept_as) != a.fields]
        people = [a.user_ref for a in changed]
        touched = await taken_out(connection, people)
        given = [(a.user_ref, key, value, a.fields["known_at"]) for a in changed for key, value in _values(a)]
        await connection.executemany(
            "INSERT INTO profiles_store.imported_values (user_ref, layer, name, way, score, confidence, known_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            [(person, *key, *value, known_at) for person, key, value, known_at in given],
        )
        for person, (layer, name, _), _, _ in given:
            touched[person or ""].update(speaks_for(layer, name, None))
        await redraw(connection, touched, self._half_life)
        return [a for a, _ in rows]

    async def here(self, connection: PoolConnectionProxy, kept_as: Collection[str]) -> dict[str, Mapping[str, Any]]:
        rows = await connection.fetch(
            "SELECT user_ref, layer, name, way, score, confidence, known_at FROM profiles_store.imported_values"
            " WHERE user_ref = ANY ($1)",
            list(kept_as),
        )
        found: dict[str, dict[str, Any]] = {}
        for row in rows:
            profile = found.setdefault(row["user_ref"], {"values": {}, "known_at": row["known_at"]})
            profile["values"][row["layer"], row["name"], row["way"]] = (row["score"], row["confidence"])
        return dict(found)

    def sums(self, fields: Mapping[str, Any]) -> dict[str, float]:
        values = fields["values"].values()
        return {"values": float(len(values)), "scores": sum(score for score, _ in values)}


def _values(arrival: Arrival) -> Collection[tuple[tuple[str, str, str], tuple[float, float]]]:
    values: dict[tuple[str, str, str], tuple[float, float]] = arrival.fields["values"]
    return values.items()


async def taken_out(connection: PoolConnectionProxy, people: Collection[str | None]) -> defaultdict[str, set[ValueKey]]:
    """Deletes what came in of these people's profiles. Returns the values that it spoke for, by person."""
    rows = await connection.fetch(
        "DELETE FROM profiles_store.imported_values WHERE user_ref = ANY ($1) RETURNING user_ref, layer, name",
        list(people),
    )
    touched = defaultdict[str, set[ValueKey]](set)
    for row in rows:
        touched[row["user_ref"]].update(speaks_for(row["layer"], row["name"], None))
    return touched


async def redraw(
    connection: PoolConnectionProxy, touched: Mapping[str, Collection[ValueKey]], half_life: timedelta
) -> None:
    """Stores these values of profiles as they are with what came in, or without it. It is no event of their history."""
    for person, values in sorted(touched.items()):
        stored = await stored_readings(connection, person, half_life)
        await keep_values(connection, person, stored.merged(values), values, None)


class Changes(Arriving):
    """The history of levels. It is shown, and weighs nothing: what each change rested on is not known."""

    source = Source.HISTORY
    stands_for_one = False

    def ready(self, row: OldRow, user_ref: str | None) -> Arrival:
        assert isinstance(row, OldChange)
        layer, name = level_of(LAYERS.get(row.layer or ""), row.name)
        fields = {
            "layer": layer,
            "name": name,
            "old_score": row.old_value,
            "new_score": row.new_value,
            "confidence": GUESSED if row.confidence is None else row.confidence,
            "changed_at": row.changed_at,
        }
        # Its number here, the database gives it.
        return Arrival(str(row.id), user_ref, "", fields)

    async def write(self, connection: PoolConnectionProxy, rows: Sequence[Sealed]) -> list[Arrival]:
        told = [(a.user_ref, *a.fields.values()) for a, _ in rows]
        made = await connection.fetch(
            "INSERT INTO profiles_store.value_history (user_ref, layer, name, old_score, new_score, confidence,"
            " significant, trigger_kind, changed_at)"
            " SELECT user_ref, layer, name, old_score, new_score, confidence, false, 'answer', changed_at"
            " FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::float8[],"
            " $7::timestamptz[]) WITH ORDINALITY"
            " AS h (user_ref, layer, name, old_score, new_score, confidence, changed_at, n) ORDER BY n"
            " RETURNING history_position, user_ref, changed_at",
            *([row[at] for row in told] for at in range(7)),
        )
        assert [(row["user_ref"], row["changed_at"]) for row in made] == [(row[0], row[-1]) for row in told]
        return [a._replace(kept_as=str(row["history_position"])) for (a, _), row in zip(rows, made, strict=True)]

    async def here(self, connection: PoolConnectionProxy, kept_as: Collection[str]) -> dict[str, Mapping[str, Any]]:
        rows = await connection.fetch(
            "SELECT history_position, layer, name, old_score, new_score, confidence, changed_at"
            " FROM profiles_store.value_history WHERE history_position = ANY ($1::bigint[])",
            [int(each) for each in kept_as],
        )
        return {str(row["history_position"]): dict(row) for row in rows}

    def sums(self, fields: Mapping[str, Any]) -> dict[str, float]:
        at: datetime = fields["changed_at"]
        return {"scores": fields["new_score"], "seconds": seconds(at)}
