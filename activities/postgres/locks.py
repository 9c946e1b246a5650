"""A lock for one transaction of a person at a time."""

from __future__ import annotations

from asyncpg.pool import PoolConnectionProxy


async def lock_person(connection: PoolConnectionProxy, user_ref: str) -> None:
    """Takes the person's lock until the transaction ends: for opening a session, folding an analysis, or erasure."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", user_ref)
