"""Takes the rows of the old tables in, and compares them with what came of them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from temporalio import activity

from activities.legacy import records
from activities.legacy.arriving import Arrival, Arriving, Sealed
from activities.legacy.old_tables import GENERATIONS, OldTables
from activities.legacy.records import Apart, Taken
from activities.postgres.locks import lock_people
from schema.errors import Undecipherable
from schema.identity import Identities
from schema.legacy.activities import LegacyImport
from schema.legacy.messages import (
    MOST_DIFFERENCES,
    Difference,
    Fault,
    Findings,
    MoveIn,
    Source,
    SourceProgress,
    Step,
    Stepped,
    Sum,
)
from schema.legacy.rows import TABLES, Misfit
from schema.vocabulary import Locale

_TURN = 20
"""Rows after which others in this process have their turn."""
_CHANNEL = "telegram"


class PostgresLegacyImport(LegacyImport):
    """Reads the old database, and writes ours as a worker does. People are told apart as the bot tells them apart."""

    def __init__(
        self, pool: asyncpg.Pool, old: OldTables, identities: Identities, kinds: Sequence[Arriving], locale: Locale
    ) -> None:
        self._pool = pool
        self._old = old
        self._identities = identities
        self._kinds = {kind.source: kind for kind in kinds}
        self._locale = locale

    @activity.defn(name="legacy.look")
    async def look(self, task: MoveIn) -> list[SourceProgress]:
        layouts = await self._old.look()
        there = {source: await self._old.count(source) for source in layouts}
        async with self._pool.acquire() as connection, connection.transaction():
            for source, layout in layouts.items():
                # A comparison leaves the figures of the import as they are.
                await connection.execute(
                    "INSERT INTO legacy_system.migration_state AS kept (source, rows_there, ignored)"
                    " VALUES ($1, $2, $3) ON CONFLICT (source) DO UPDATE SET rows_there = $2, ignored = $3",
                    source,
                    there[source],
                    layout.ignored,
                )
                if task.task == "import":
                    await records.keep_progress(connection, SourceProgress(source=source), 0)
        return [SourceProgress(source=source, rows_there=rows) for source, rows in there.items()]

    @activity.defn(name="legacy.take")
    async def take(self, step: Step) -> Stepped:
        while True:
            async with self._pool.acquire() as connection:
                before, after_id = await records.progress_of(connection, step.source)
                if before.done:
                    return Stepped(progress=before)
                batch = await self._read(connection, Source(step.source), after_id)
            if (taken := await self._taken(before, after_id, batch)) is not None:
                return Stepped(progress=taken)

    @activity.defn(name="legacy.compare")
    async def compare(self, step: Step) -> Stepped:
        source = Source(step.source)
        kind = self._kinds[source]
        if not await self._old.has(source):
            return Stepped(progress=SourceProgress(source=source, done=True))
        async with self._pool.acquire() as connection:
            batch = await self._read(connection, source, step.after_id)
            ids = {a.source_id for a in batch.arrivals} | {a.source_id for a in batch.apart}
            taken = await records.taken_before(connection, source, ids)
            apart = {
                row["source_id"]
                for row in await connection.fetch(
                    "SELECT source_id FROM legacy_system.set_apart WHERE source = $1 AND source_id = ANY ($2)",
                    source,
                    list(ids),
                )
            }
            here = await kind.here(connection, set(taken.values()))
            if source is Source.ANSWERS:
                # The newer generation is what came in, whatever the older one says.
                newer = await records.kept_by(connection, Source.ANSWERS_NEW, taken.values())
                batch.arrivals = [a for a in batch.arrivals if taken.get(a.source_id) not in newer]
            findings = await self._found(batch, taken, here, step)
        findings = findings.model_copy(update={"missing": len(ids - taken.keys() - apart)})
        progress = SourceProgress(
            source=source,
            looked_at=batch.looked_at,
            taken=len(taken),
            set_apart=len(apart - taken.keys()),
            done=batch.looked_at < kind.at_a_time,
        )
        return Stepped(progress=progress, after_id=batch.last_id, findings=findings)

    async def _found(
        self, batch: _Batch, taken: Mapping[str, str], here: Mapping[str, Mapping[str, Any]], step: Step
    ) -> Findings:
        kind = self._kinds[batch.source]
        chance = random.Random(f"{step.seed} {step.source} {step.after_id}")
        there, ours = dict[str, float](), dict[str, float]()
        differences: list[Difference] = []
        compared = 0
        for arrival in batch.arrivals:
            if arrival.source_id not in taken or not arrival.fields:
                continue
            kept = here.get(taken[arrival.source_id])
            _add(there, kind.sums(arrival.fields))
            if kept is None:
                differences.append(_difference(arrival, step, Fault.LOST, "row"))
                continue
            _add(ours, kind.sums({**kept}))
            if chance.random() < step.sample:
                compared += 1
                for field, expected in arrival.fields.items():
                    found = await kind.opened(kept, field) if field in kind.encrypted else kept[field]
                    if found != expected:
                        differences.append(_difference(arrival, step, Fault.DIFFERS, field))
        return Findings(
            compared=compared,
            differing=len(differences),
            differences=differences[:MOST_DIFFERENCES],
            sums=[Sum(source=step.source, of=of, there=there[of], here=ours.get(of, 0)) for of in there],
        )

    async def _read(self, connection: PoolConnectionProxy, source: Source, after_id: int) -> _Batch:
        """The next rows, and what becomes of each; nothing is written yet."""
        kind, table = self._kinds[source], TABLES[source]
        raw = await self._old.batch(source, after_id, kind.at_a_time)
        batch = _Batch(source, len(raw), raw[-1]["id"] if raw else after_id)
        fitted = []
        for number, old in enumerate(map(dict, raw)):
            await _turn(number)
            person = await self._person(old)
            try:
                fitted.append((table.fitted(old), person))
            except Misfit as misfit:
                batch.apart.append(Apart(str(old.get("key") or old["id"]), person, misfit.fault, misfit.field))
        await kind.prepare(connection, [row for row, _ in fitted])
        for number, (row, person) in enumerate(fitted):
            await _turn(number)
            try:
                batch.arrivals.append(kind.ready(row, person))
            except Misfit as misfit:
                batch.apart.append(Apart(str(row.id), person, misfit.fault, misfit.field))
        return batch

    async def _person(self, row: Mapping[str, Any]) -> str | None:
        told = row.get("user_id")
        if not isinstance(told, int) or told <= 0:
            return None
        return await self._identities.person_of(_CHANNEL, str(told))

    async def _taken(self, before: SourceProgress, after_id: int, batch: _Batch) -> SourceProgress | None:
        """Writes a batch with how far it is. None when somebody agreed or got further meanwhile: it is read again."""
        kind = self._kinds[batch.source]
        told = [a.user_ref for a in batch.arrivals] + [a.user_ref for a in batch.apart]
        people = {each for each in told if each}
        async with self._pool.acquire() as connection:
            agreed = await records.agreed(connection, people)
        sealed, erased = await self._sealed(kind, batch, agreed)
        async with self._pool.acquire() as connection, connection.transaction():
            now, at = await records.progress_of(connection, batch.source)
            if at != after_id or now.done:
                return None
            await lock_people(connection, people)
            if await records.agreed(connection, people) != agreed:
                return None
            gone = erased | await records.gone(connection, people)
            here = [row for row in sealed if row.arrival.user_ref not in gone]
            known = await records.taken_before(connection, batch.source, [row.arrival.source_id for row in here])
            sorted_out = await self._sorted_out(connection, kind, here, known)
            await records.take_people_in(connection, _people(sorted_out.new), self._locale)
            kept = await kind.write(connection, [*sorted_out.new, *sorted_out.renewed])
            new = {row.arrival.source_id for row in sorted_out.new}
            taken = [Taken(a.source_id, a.user_ref, a.kept_as) for a in kept if a.source_id in new]
            await records.note_taken(
                connection, batch.source, [*taken, *(Taken(*row.arrival[:3]) for row in sorted_out.again)]
            )
            # Of who is erased nothing is kept but that a row was not taken.
            apart = [
                *(
                    Apart(*row.arrival[:1], None, Fault.ERASED, "user_id")
                    for row in sealed
                    if row.arrival.user_ref in gone
                ),
                *(Apart(a, None, Fault.ERASED, "user_id") for a in batch.unsealed),
                *(each._replace(user_ref=None) if each.user_ref in gone else each for each in batch.apart),
                *sorted_out.apart,
            ]
            await records.note_apart(connection, batch.source, [*apart, *_parts(sorted_out.new)])
            progress = SourceProgress(
                source=batch.source,
                rows_there=before.rows_there,
                looked_at=before.looked_at + batch.looked_at,
                taken=before.taken + len(taken),
                known=before.known + len(known),
                again=before.again + len(sorted_out.again),
                set_apart=before.set_apart + len(apart),
                done=batch.looked_at < kind.at_a_time,
            )
            await records.keep_progress(connection, progress, batch.last_id)
        return progress

    async def _sealed(self, kind: Arriving, batch: _Batch, agreed: set[str]) -> tuple[list[Sealed], set[str]]:
        """The rows with their texts encrypted, and whose key is destroyed."""
        sealed: list[Sealed] = []
        erased: set[str] = set()
        for number, arrival in enumerate(batch.arrivals):
            await _turn(number)
            try:
                sealed.append(await kind.sealed(arrival, read=arrival.user_ref in agreed))
            except Undecipherable:
                erased.add(arrival.user_ref or "")
                batch.unsealed.append(arrival.source_id)
        return sealed, erased

    async def _sorted_out(
        self, connection: PoolConnectionProxy, kind: Arriving, rows: Sequence[Sealed], known: Mapping[str, str]
    ) -> _SortedOut:
        """Which rows are new, which were here before, and which stand for the same as another."""
        found = _SortedOut()
        others = await connection.fetch(
            "SELECT source, source_id, kept_as FROM legacy_system.taken_rows WHERE source = ANY ($1)"
            " AND kept_as = ANY ($2)",
            list(GENERATIONS if kind.source in GENERATIONS else [kind.source]),
            [row.arrival.kept_as for row in rows] if kind.stands_for_one else [],
        )
        by_ours = {row["kept_as"]: row for row in others}
        seen, ids = set[str](), set[str]()
        for row in rows:
            arrival = row.arrival
            other = by_ours.get(arrival.kept_as)
            if arrival.source_id in ids:
                # Only what has a key beside its primary key can come twice.
                found.apart.append(Apart(f"{arrival.source_id}#again", None, Fault.REPEATED, "key"))
                continue
            ids.add(arrival.source_id)
            if arrival.source_id in known:
                if kind.renews:
                    found.renewed.append(row)
            elif arrival.kept_as in seen or (other and other["source"] == kind.source):
                found.apart.append(Apart(arrival.source_id, arrival.user_ref, Fault.REPEATED, "row"))
            elif other:
                found.again.append(row)
            else:
                found.new.append(row)
                if kind.stands_for_one:
                    seen.add(arrival.kept_as)
        return found


class _Batch:
    """The next rows of a table."""

    def __init__(self, source: Source, looked_at: int, last_id: int) -> None:
        self.source = source
        self.looked_at = looked_at
        self.last_id = last_id
        self.arrivals: list[Arrival] = []
        self.apart: list[Apart] = []
        self.unsealed: list[str] = []
        """The old rows of people whose key is destroyed."""


class _SortedOut:
    """What becomes of the rows of a batch that fit."""

    def __init__(self) -> None:
        self.new: list[Sealed] = []
        self.renewed: list[Sealed] = []
        self.again: list[Sealed] = []
        self.apart: list[Apart] = []


async def _turn(number: int) -> None:
    """Lets others have their turn now and then, and tells the server that the batch is under way."""
    if number % _TURN == 0:
        if activity.in_activity():
            activity.heartbeat()
        await asyncio.sleep(0)


def _people(rows: Sequence[Sealed]) -> set[str]:
    return {row.arrival.user_ref for row in rows if row.arrival.user_ref}


def _parts(rows: Sequence[Sealed]) -> list[Apart]:
    """The parts of rows that do not come in, numbered. They are no rows, and not counted as such."""
    return [
        Apart(f"{row.arrival.source_id}#{number}", row.arrival.user_ref, misfit.fault, misfit.field)
        for row in rows
        for number, misfit in enumerate(row.arrival.misfits)
    ]


def _add(sums: dict[str, float], more: Mapping[str, float]) -> None:
    for name, number in more.items():
        sums[name] = sums.get(name, 0.0) + number


def _difference(arrival: Arrival, step: Step, fault: Fault, field: str) -> Difference:
    return Difference(source=step.source, source_id=arrival.source_id, fault=fault, field=field)
