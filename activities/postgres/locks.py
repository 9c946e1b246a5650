"""One transaction of a person at a time."""

from __future__ import annotations

from asyncpg.pool import PoolConnectionProxy


async def lock_person(connection: PoolConnectionProxy, user_ref: str) -> None:
    """Waits until no other transaction of this person opens a session, folds an analysis or erases; then it is ours."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", user_ref)
