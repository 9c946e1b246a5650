"""Whether the person has lately spoken of danger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from activities.coaching.care import DANGERS
from activities.coaching.recall.part import Chosen
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite


class LateDangers:
    """The messages and answers in which danger was heard, as long as the coach is careful on account of it."""

    name = "dangers"

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """All of them; they take no tokens."""
        dangers = await self._pool.fetch(
            f"""
            SELECT source_id FROM ({DANGERS}) AS dangers WHERE care_until > (
                SELECT coalesce(max(said_at), now()) FROM coach_system.messages WHERE reply_id = $2
            )
            """,
            reply.user_ref,
            UUID(reply.reply_id),
        )
        return Chosen([str(row["source_id"]) for row in dangers])

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """Whether there are any."""
        return {"troubled": bool(ids)}
