"""What a reply rests on: gathered within a budget of tokens, kept by ids, and read again when the reply is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from activities.coaching.recall.part import RecallPart
from schema.coaching.activities import Recalled, ReplyToPrepare, ReplyToWrite
from schema.coaching.context import ReplyContext

_KEEP = """
    INSERT INTO coach_system.recalled (reply_id, user_ref, part, ids, tokens)
    SELECT $1, user_ref, $3, $4, $5 FROM onboarding_system.people WHERE user_ref = $2
    ON CONFLICT (reply_id, part) DO NOTHING
"""


class Recall:
    """Gathers what replies rest on, part by part."""

    def __init__(self, pool: asyncpg.Pool, parts: Sequence[RecallPart]) -> None:
        self._pool = pool
        self._parts = parts

    async def prepare(self, reply: ReplyToPrepare) -> Recalled:
        """Chooses what a reply is to rest on, and keeps the ids of it."""
        chosen = {part.name: await part.choose(reply) for part in self._parts}
        # All at once: each statement of its own would be a round trip.
        await self._pool.executemany(
            _KEEP,
            [(reply.reply_id, reply.user_ref, name, found.ids, found.tokens) for name, found in chosen.items()],
        )
        return Recalled(
            parts={name: len(found.ids) for name, found in chosen.items()},
            tokens=sum(found.tokens for found in chosen.values()),
        )

    async def context(self, reply: ReplyToWrite) -> ReplyContext:
        """Reads what was recalled for a reply. Raises `AnswerGone` when it has been erased."""
        rows = await self._pool.fetch(
            "SELECT part, ids FROM coach_system.recalled WHERE reply_id = $1", UUID(reply.reply_id)
        )
        kept: Mapping[str, list[str]] = {row["part"]: row["ids"] for row in rows}
        read: dict[str, Any] = {}
        for part in self._parts:
            read |= await part.read(reply, kept.get(part.name, []))
        return ReplyContext(locale=reply.locale, reply_id=reply.reply_id, **read)
