"""Whether the person has lately spoken of danger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from activities.coaching.care import CARE_LASTS
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
            """
            WITH this AS (
                SELECT coalesce(max(said_at), now()) - $2::interval AS since FROM coach_system.messages
                WHERE reply_id = $3
            )
            SELECT message_id FROM coach_system.messages, this
            WHERE user_ref = $1 AND crisis IS NOT NULL AND said_at > since
            UNION ALL
            SELECT answer_id FROM onboarding_system.answers, this
            WHERE user_ref = $1 AND crisis IS NOT NULL AND answered_at > since
            """,
            reply.user_ref,
            CARE_LASTS,
            UUID(reply.reply_id),
        )
        return Chosen([str(row["message_id"]) for row in dangers])

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """Whether there are any."""
        return {"troubled": bool(ids)}
