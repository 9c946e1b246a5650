"""Whether the person has lately spoken of danger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from activities.coaching.care import CARE_LASTS, DANGERS
from activities.coaching.recall.part import Chosen
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite


class LateDangers:
    """The messages and answers of the last days in which danger was heard."""

    name = "dangers"

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """All of them; they take no tokens."""
        dangers = await self._pool.fetch(
            f"""
            SELECT source_id FROM ({DANGERS}) AS dangers WHERE said_at > (
                SELECT coalesce(max(said_at), now()) - $2::interval FROM coach_system.messages WHERE reply_id = $3
            )
            """,
            reply.user_ref,
            CARE_LASTS,
            UUID(reply.reply_id),
        )
        return Chosen([str(row["source_id"]) for row in dangers])

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """Whether there are any."""
        return {"troubled": bool(ids)}
