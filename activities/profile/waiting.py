"""What waits for a vector, and what has one, as the tables `profiles_store.indexed_*` tell it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

NEWS = "vectors_wait"
"""The channel on which the database tells that something has come to wait."""


class Mark(NamedTuple):
    """What became of something that waited."""

    key: Any
    """Its id."""
    waits_since: datetime
    """As it was read: what has changed meanwhile goes on waiting."""
    collection: str | None
    """Where its vector is; None when it is left out."""


class WaitingTable:
    """One of the two tables: of answers, or of profiles."""

    def __init__(self, pool: asyncpg.Pool, name: str, key: str, key_type: str) -> None:
        self._pool = pool
        self.name = name
        self.key, self._key_type = key, key_type

    async def placed(self, collection: str) -> int:
        """How many vectors should be in a collection."""
        return int(await self._pool.fetchval(f"SELECT count(*) FROM {self.name} WHERE collection = $1", collection))

    async def expect_in(self, collection: str) -> None:
        """Lets all that has its vector elsewhere wait for one in this collection."""
        await self._pool.execute(
            f"UPDATE {self.name} SET waits_since = clock_timestamp() WHERE waits_since IS NULL AND collection <> $1",
            collection,
        )

    async def complete(self, collection: str) -> bool:
        """Whether a collection has all that others had."""
        return not await self._pool.fetchval(
            f"SELECT EXISTS (SELECT FROM {self.name} WHERE collection <> $1)", collection
        )

    async def mark(self, connection: PoolConnectionProxy, marks: Sequence[Mark]) -> None:
        """Notes where vectors are now."""
        await connection.execute(
            f"""
            UPDATE {self.name} i SET waits_since = NULL, collection = m.collection, indexed_at = now()
            FROM unnest($1::{self._key_type}[], $2::timestamptz[], $3::text[]) AS m (key, waits_since, collection)
            WHERE i.{self.key} = m.key AND i.waits_since = m.waits_since
            """,
            [mark.key for mark in marks],
            [mark.waits_since for mark in marks],
            [mark.collection for mark in marks],
        )

    async def drop(self, connection: PoolConnectionProxy, keys: Sequence[Any]) -> None:
        """Forgets what the database has lost itself."""
        if keys:
            await connection.execute(
                f"DELETE FROM {self.name} WHERE {self.key} = ANY ($1::{self._key_type}[])", list(keys)
            )


def answers_in(pool: asyncpg.Pool) -> WaitingTable:
    """What is known of answers."""
    return WaitingTable(pool, "profiles_store.indexed_answers", "answer_id", "uuid")


def profiles_in(pool: asyncpg.Pool) -> WaitingTable:
    """What is known of profiles."""
    return WaitingTable(pool, "profiles_store.indexed_profiles", "user_ref", "text")


async def stamp(pool: asyncpg.Pool) -> str:
    """The time of the database's clock, for the name of a collection."""
    return str(await pool.fetchval("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSMS')"))


async def lock_vectors(connection: PoolConnectionProxy, user_ref: str) -> None:
    """Takes the lock of a person's vectors until the transaction ends.

    It is none that a session waits for: who has it asks the store of vectors, which may take its time.
    """
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('vectors ' || $1, 0))", user_ref)


async def profiles_due(pool: asyncpg.Pool, target: str, rest: timedelta, limit: int) -> list[asyncpg.Record]:
    """The profiles that have come to rest, and those whose vector is elsewhere."""
    return await pool.fetch(
        "SELECT user_ref, waits_since, collection FROM profiles_store.indexed_profiles"
        " WHERE waits_since <= clock_timestamp() - $2::interval OR (waits_since IS NOT NULL AND collection <> $1)"
        " ORDER BY waits_since LIMIT $3",
        target,
        rest,
        limit,
    )


async def answers_due(pool: asyncpg.Pool, limit: int) -> list[asyncpg.Record]:
    """The answers that wait, the oldest first, each with what bears on it."""
    return await pool.fetch(
        """
        WITH waiting AS (
            SELECT * FROM profiles_store.indexed_answers WHERE waits_since IS NOT NULL
            ORDER BY said_at, answer_id LIMIT $1
        )
        SELECT w.answer_id, w.user_ref, w.said_at, w.waits_since, w.collection, a.answer_id IS NULL AS gone,
            a.language, a.question_id, q.domain, a.crisis IS NOT NULL OR n.crisis IS NOT NULL AS dangerous
        FROM waiting w LEFT JOIN onboarding_system.answers a USING (answer_id)
            LEFT JOIN analysis_system.analyses n USING (answer_id)
            LEFT JOIN onboarding_system.questions q USING (question_id)
        ORDER BY w.said_at, w.answer_id
        """,
        limit,
    )
