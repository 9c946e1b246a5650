"""Counts and checksums of all tables at one exact moment, while people go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import asyncpg

from schema.backup.manifest import TableSum
from schema.operator_error import OperatorError

GIVE_WAY, INSIST = "300ms", "1300ms"
"""How long the moment may wait for who writes; others wait behind it meanwhile. PostgreSQL has an automatic vacuum give
way after a second, so now and then it waits longer."""
TRIES = 40

# The same text of the same row in any session.
_TEXT = ("timezone = 'UTC'", "datestyle = 'ISO'", "intervalstyle = 'iso_8601'", "extra_float_digits = 1")


class Moment(NamedTuple):
    """A moment in the write-ahead log."""

    snapshot: asyncpg.Connection
    """A transaction that sees the database as it was then."""
    lsn: str


@asynccontextmanager
async def exact_moment(database_url: str, restore_point: str) -> AsyncIterator[Moment]:
    """Names a moment in the log to which one can recover, and yields a snapshot of exactly that moment.

    For an instant nobody may write. Raises `OperatorError` when somebody writes on and on.
    """
    holder = await asyncpg.connect(database_url)
    snapshot = await asyncpg.connect(database_url)
    try:
        tables = ", ".join(await _tables(holder))
        for turn in range(1, TRIES + 1):
            try:
                async with holder.transaction():
                    await holder.execute(f"SET LOCAL lock_timeout = '{GIVE_WAY if turn % 8 else INSIST}'")
                    # Who writes has ended, and nobody begins: what is visible now is what the log holds up to here.
                    await holder.execute(f"LOCK TABLE {tables} IN SHARE MODE")
                    await snapshot.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    await snapshot.execute("SELECT 1")
                    lsn = await holder.fetchval("SELECT pg_create_restore_point($1)::text", restore_point)
                break
            except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
                await asyncio.sleep(0.1)
        else:
            raise OperatorError("The database is written to without a pause: make the backup at a calmer time.")
        yield Moment(snapshot, lsn)
    finally:
        await asyncio.gather(holder.close(), snapshot.close())


async def sums(connection: asyncpg.Connection) -> dict[str, TableSum]:
    """Counts the rows of every table, and sums up a hash of each."""
    for setting in _TEXT:
        await connection.execute(f"SET {setting}")
    found: dict[str, TableSum] = {}
    for table in await _tables(connection):
        summed = await connection.fetchrow(
            f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} AS t"
        )
        assert summed is not None
        found[table] = TableSum(rows=summed[0], checksum=summed[1])
    return found


async def _tables(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch(
        "SELECT format('%I.%I', n.nspname, c.relname) AS name"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE relkind = 'r' AND nspname <> 'information_schema' AND nspname !~ '^pg_' ORDER BY 1"
    )
    return [row["name"] for row in rows]
