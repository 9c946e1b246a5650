"""A lock for one transaction of a person at a time."""

from __future__ import annotations

from collections.abc import Collection

from asyncpg.pool import PoolConnectionProxy


async def lock_person(connection: PoolConnectionProxy, user_ref: str) -> None:
    """Takes the person's lock until the transaction ends: for opening a session, folding an analysis, or erasure."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", user_ref)


async def lock_people(connection: PoolConnectionProxy, people: Collection[str]) -> None:
    """Takes the locks of several people, in one order for all who do."""
    await connection.execute(
        "SELECT count(pg_advisory_xact_lock(hashtextextended(user_ref, 0)))"
        " FROM (SELECT unnest($1::text[]) AS user_ref) AS people",
        sorted(people),
    )
