"""What is kept of an import: what came in, what was set apart, how far it is, and of whom nothing may come in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from asyncpg.pool import PoolConnectionProxy

from schema.legacy.messages import PEOPLE, Fault, SourceProgress

MADE, MET = "made", "met"
"""What a person's row says: whether they came here by the import, or were here before."""

_GONE = f"""
    SELECT owner FROM account_system.destroyed_keys WHERE owner = ANY ($1)
    UNION
    SELECT owner FROM account_system.moved_in m WHERE owner = ANY ($1)
        AND NOT EXISTS (SELECT FROM legacy_system.taken_rows t WHERE t.source = '{PEOPLE}' AND t.source_id = m.owner)
"""

_STATE = "source, rows_there, looked_at, taken, known, again, set_apart, done"


class Taken(NamedTuple):
    """An old row that came in, and what it became."""

    source_id: str
    user_ref: str | None
    kept_as: str


class Apart(NamedTuple):
    """An old row that did not come in, or a part of one."""

    source_id: str
    user_ref: str | None
    fault: Fault
    field: str


async def taken_before(connection: PoolConnectionProxy, source: str, ids: Collection[str]) -> dict[str, str]:
    """Which old rows came in before, and as what."""
    rows = await connection.fetch(
        "SELECT source_id, kept_as FROM legacy_system.taken_rows WHERE source = $1 AND source_id = ANY ($2)",
        source,
        list(ids),
    )
    return {row["source_id"]: row["kept_as"] for row in rows}


async def kept_by(connection: PoolConnectionProxy, source: str, kept_as: Collection[str]) -> set[str]:
    """Which rows of ours came of a table."""
    rows = await connection.fetch(
        "SELECT kept_as FROM legacy_system.taken_rows WHERE source = $1 AND kept_as = ANY ($2)", source, list(kept_as)
    )
    return {row["kept_as"] for row in rows}


async def note_taken(connection: PoolConnectionProxy, source: str, taken: Sequence[Taken]) -> None:
    """Notes what came in. It is set apart no more."""
    await connection.execute(
        "INSERT INTO legacy_system.taken_rows (source, source_id, user_ref, kept_as)"
        " SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING",
        source,
        *_columns(taken, 3),
    )
    await connection.execute(
        "DELETE FROM legacy_system.set_apart WHERE source = $1 AND split_part(source_id, '#', 1) = ANY ($2)",
        source,
        [each.source_id for each in taken],
    )


async def note_apart(connection: PoolConnectionProxy, source: str, apart: Sequence[Apart]) -> None:
    """Notes what did not come in, and why."""
    await connection.execute(
        "INSERT INTO legacy_system.set_apart (source, source_id, user_ref, fault, field)"
        " SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])"
        " ON CONFLICT (source, source_id) DO UPDATE"
        " SET user_ref = excluded.user_ref, fault = excluded.fault, field = excluded.field",
        source,
        *_columns(apart, 4),
    )


async def gone(connection: PoolConnectionProxy, people: Collection[str]) -> set[str]:
    """Who of these has been erased here, or has declined. Ask with their locks held."""
    return {row["owner"] for row in await connection.fetch(_GONE, list(people))}


async def agreed(connection: PoolConnectionProxy, people: Collection[str]) -> set[str]:
    """Who of these is here, and waits for no consent: what comes in of theirs is read at once."""
    rows = await connection.fetch(
        "SELECT user_ref FROM onboarding_system.people WHERE user_ref = ANY ($1) AND awaits_consent_since IS NULL",
        list(people),
    )
    return {row["user_ref"] for row in rows}


async def take_people_in(connection: PoolConnectionProxy, people: Collection[str], locale: str) -> None:
    """Makes rows for those who are not here yet: they wait until they are asked."""
    made = await connection.fetch(
        "INSERT INTO onboarding_system.people (user_ref, locale, consented_at, awaits_consent_since)"
        " SELECT user_ref, $2, now(), now() FROM unnest($1::text[]) AS user_ref"
        " ON CONFLICT DO NOTHING RETURNING user_ref",
        list(people),
        locale,
    )
    new = {row["user_ref"] for row in made}
    await note_taken(connection, PEOPLE, [Taken(each, each, MADE if each in new else MET) for each in people])
    await connection.execute(
        "INSERT INTO account_system.moved_in (owner) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", list(people)
    )


async def keep_progress(connection: PoolConnectionProxy, progress: SourceProgress, after_id: int) -> None:
    """Keeps how far a table is."""
    await connection.execute(
        "UPDATE legacy_system.migration_state SET after_id = $2, looked_at = $3, taken = $4, known = $5, again = $6,"
        " set_apart = $7, done = $8, changed_at = now() WHERE source = $1",
        progress.source,
        after_id,
        progress.looked_at,
        progress.taken,
        progress.known,
        progress.again,
        progress.set_apart,
        progress.done,
    )


async def progress_of(connection: PoolConnectionProxy, source: str) -> tuple[SourceProgress, int]:
    """How far a table is, and the primary key that was looked at last; nobody else gets further meanwhile."""
    row = await connection.fetchrow(
        f"SELECT {_STATE}, after_id FROM legacy_system.migration_state WHERE source = $1 FOR UPDATE", source
    )
    if row is None:
        return SourceProgress(source=source, done=True), 0
    return SourceProgress.model_validate(dict(row)), row["after_id"]


def _columns(rows: Iterable[tuple[object, ...]], width: int) -> list[list[object]]:
    """Rows as columns, also where there are none."""
    listed = list(rows)
    return [[row[at] for row in listed] for at in range(width)]
