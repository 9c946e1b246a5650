"""Memories in `coach_system.memories`: added, confirmed, closed, and forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from activities.coaching.meaning import Meanings, Vector, packed, unpacked
from activities.encryption.column import TextColumns
from activities.postgres.locks import lock_person
from schema.base_model import Model
from schema.coaching.context import MemoryKind
from schema.coaching.memory import Change
from schema.encrypted_columns import MEMORY, MEMORY_QUOTE, MEMORY_VECTOR

_MEMORIES = uuid.UUID("3d2b6a0e-7c42-4f0e-8a35-51c1c0b7a6de")

_OF_PERSON = """
    SELECT memory_id, kind, text, quote, vector, told_in, learnt_at, closed_at, true_to,
        cardinality(confirmed_by) AS confirmed, last_used_at
    FROM coach_system.memories WHERE user_ref = $1 ORDER BY learnt_at DESC, position
"""

_ADD = """
    INSERT INTO coach_system.memories (
        memory_id, user_ref, kind, text, quote, vector, told_in, message_id, position, confidence, extractor,
        learnt_at, true_from
    )
    SELECT $1, user_ref, $2, $3, $4, $5, $6, message_id, $7, $8, $9, told_at, $10
    FROM (
        SELECT message_id, user_ref, said_at AS told_at
        FROM coach_system.messages WHERE message_id = $6 AND set_aside_at IS NULL
        UNION ALL
        SELECT NULL, user_ref, answered_at FROM onboarding_system.answers WHERE answer_id = $6 AND set_aside_at IS NULL
    ) AS told
    ON CONFLICT DO NOTHING
"""

_MARK_READ = """
    WITH message AS (
        UPDATE coach_system.messages SET remembered_by = $2
        WHERE message_id = $1 AND remembered_by IS NULL AND (crisis IS NOT NULL OR NOT $3) RETURNING said_at
    ), answer AS (
        UPDATE onboarding_system.answers SET remembered_by = $2
        WHERE answer_id = $1 AND remembered_by IS NULL AND (crisis IS NOT NULL OR NOT $3) RETURNING answered_at
    )
    SELECT said_at FROM message UNION ALL SELECT answered_at FROM answer
"""

_CLOSE = """
    UPDATE coach_system.memories SET closed_at = $3, true_to = ($3 AT TIME ZONE 'UTC')::date, replaced_by = $4
    WHERE memory_id = $1 AND user_ref = $2 AND closed_at IS NULL
"""

_CONFIRM = """
    UPDATE coach_system.memories SET confirmed_by = confirmed_by || $3
    WHERE memory_id = $1 AND user_ref = $2 AND NOT $3 = ANY (confirmed_by || told_in)
"""

# What a memory has replaced goes with it: it is about the same.
_FORGET = """
    WITH RECURSIVE gone AS (
        SELECT memory_id, told_in, confirmed_by FROM coach_system.memories
        WHERE user_ref = $1 AND memory_id = ANY ($2::uuid[])
        UNION
        SELECT m.memory_id, m.told_in, m.confirmed_by
        FROM coach_system.memories m JOIN gone ON m.replaced_by = gone.memory_id
    ), deleted AS (
        DELETE FROM coach_system.memories WHERE memory_id IN (SELECT memory_id FROM gone)
        RETURNING memory_id, told_in, confirmed_by
    )
    SELECT memory_id, told_in, confirmed_by FROM deleted
"""

# Neither what told it nor the replies that took it up are recalled again.
_SET_ASIDE = """
    WITH answered AS (
        UPDATE onboarding_system.answers SET set_aside_at = now()
        WHERE user_ref = $1 AND set_aside_at IS NULL AND answer_id = ANY ($2::uuid[])
    )
    UPDATE coach_system.messages m SET set_aside_at = now()
    WHERE user_ref = $1 AND set_aside_at IS NULL AND (
        message_id = ANY ($2::uuid[])
        OR message_id IN (SELECT reply_id FROM coach_system.messages WHERE message_id = ANY ($2::uuid[]))
        OR message_id IN (
            SELECT reply_id FROM coach_system.recalled
            WHERE user_ref = $1 AND (
                part = 'memories' AND ids && $3::text[] OR part = 'told' AND ids && $2::uuid[]::text[]
            )
        )
    )
"""

# An insight goes with the words that it rests on.
_FORGET_INSIGHTS = """
    DELETE FROM coach_system.insights WHERE user_ref = $1 AND sources && ARRAY(
        SELECT message_id FROM coach_system.messages WHERE user_ref = $1 AND set_aside_at IS NOT NULL
        UNION ALL
        SELECT answer_id FROM onboarding_system.answers WHERE user_ref = $1 AND set_aside_at IS NOT NULL
    )
"""


class Kept(Model):
    """A memory as it is kept, decrypted."""

    memory_id: str
    told_in: str
    """The message or the answer that told it."""
    kind: MemoryKind
    text: str
    quote: str
    learnt_at: datetime
    closed_at: datetime | None
    true_to: date | None
    confirmed: int
    vector: tuple[float, ...] | None = None


class Memories:
    """The memories of people, in a migrated database."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, meanings: Meanings | None) -> None:
        self._pool = pool
        self._columns = columns
        self.meanings = meanings

    async def of(self, user_ref: str, *, closed: bool = False, vectors: bool = False) -> list[Kept]:
        """A person's memories, the latest first; those that hold still, or all."""
        rows = await self._pool.fetch(_OF_PERSON, user_ref)
        wanted = [row for row in rows if closed or row["closed_at"] is None]
        read = [await self._read(row, vectors) for row in wanted]
        return [memory for memory in read if memory]

    async def _read(self, row: asyncpg.Record, vectors: bool) -> Kept | None:
        text = await self._columns.open(row["text"], MEMORY, row)
        quote = await self._columns.open(row["quote"], MEMORY_QUOTE, row)
        if text is None or quote is None:
            return None
        vector: Vector | None = None
        if vectors and row["vector"] and (kept := await self._columns.open(row["vector"], MEMORY_VECTOR, row)):
            vector = unpacked(kept)
        names: dict[str, Any] = {name: str(row[name]) for name in ("memory_id", "told_in")}
        known = {name: row[name] for name in ("kind", "learnt_at", "closed_at", "true_to", "confirmed")}
        return Kept(**names, **known, text=text, quote=quote, vector=vector)

    async def apply(
        self, user_ref: str, told_in: uuid.UUID, changes: Sequence[Change], extractor: str, *, dangerous: bool = False
    ) -> int:
        """Makes the changes that a message or an answer brings, once: by whoever reads it first. Returns how many.

        What was read as `dangerous` and is no danger any more counts as unread: more of it is to be remembered.
        """
        new = [change for change in changes if change.action in ("add", "supersede")]
        vectors = await self.meanings.vectors_of([change.text for change in new]) if self.meanings and new else []
        # Before the lock: the key store may take its time, and nobody is to wait for that.
        sealed = {
            at: await self._sealed(user_ref, told_in, at, change, vectors[at] if vectors else None)
            for at, change in enumerate(new)
        }
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, user_ref)
            said_at = await connection.fetchval(_MARK_READ, told_in, extractor, dangerous)
            if said_at is None:
                return 0
            for at, change in enumerate(new):
                memory_id, text, quote, vector = sealed[at]
                await connection.execute(
                    *(_ADD, memory_id, change.kind, text, quote, vector, told_in, at, change.confidence),
                    *(extractor, change.true_from),
                )
                if change.memory_id:
                    await connection.execute(_CLOSE, uuid.UUID(change.memory_id), user_ref, said_at, memory_id)
            for change in changes:
                if change.action == "confirm" and change.memory_id:
                    await connection.execute(_CONFIRM, uuid.UUID(change.memory_id), user_ref, told_in)
            gone = [change.memory_id for change in changes if change.action == "forget" and change.memory_id]
            if gone:
                await self._forget(connection, user_ref, gone)
        return len(changes)

    async def _sealed(
        self, user_ref: str, told_in: uuid.UUID, at: int, change: Change, vector: Vector | None
    ) -> tuple[uuid.UUID, str, str, str | None]:
        memory_id = uuid.uuid5(_MEMORIES, f"{told_in}/{at}")
        row = {"memory_id": memory_id}
        return (
            memory_id,
            await self._columns.seal(user_ref, change.text, MEMORY, row),
            await self._columns.seal(user_ref, change.quote, MEMORY_QUOTE, row),
            None if vector is None else await self._columns.seal(user_ref, packed(vector), MEMORY_VECTOR, row),
        )

    async def forget(self, user_ref: str, memories: Sequence[str], told_in: Sequence[str] = ()) -> list[str]:
        """Deletes memories with what they replaced, and sets aside what told them and `told_in`. Idempotent.

        Returns the ids of what was deleted.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, user_ref)
            return await self._forget(connection, user_ref, memories, told_in)

    async def _forget(
        self, connection: PoolConnectionProxy, user_ref: str, memories: Sequence[str], told_in: Sequence[str] = ()
    ) -> list[str]:
        gone = await connection.fetch(_FORGET, user_ref, list(memories))
        sources = {str(row["told_in"]) for row in gone}
        sources |= {str(source) for row in gone for source in row["confirmed_by"]}
        ids = [str(row["memory_id"]) for row in gone]
        await connection.execute(_SET_ASIDE, user_ref, [*sources, *told_in], ids)
        await connection.execute(_FORGET_INSIGHTS, user_ref)
        # What is always in mind, and what sums a talk up, may hold words of it: both are made anew.
        await connection.execute("DELETE FROM coach_system.blocks WHERE user_ref = $1", user_ref)
        await connection.execute("DELETE FROM coach_system.summaries WHERE user_ref = $1", user_ref)
        return ids

    async def used(self, memories: Sequence[str]) -> None:
        """Notes that a reply rests on them."""
        await self._pool.execute(
            "UPDATE coach_system.memories SET last_used_at = now() WHERE memory_id = ANY ($1::uuid[])", list(memories)
        )
