"""Whether the person has lately spoken of danger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
            SELECT message_id FROM coach_system.messages
            WHERE user_ref = $1 AND crisis IS NOT NULL AND said_at > now() - $2::interval
            UNION ALL
            SELECT answer_id FROM onboarding_system.answers
            WHERE user_ref = $1 AND crisis IS NOT NULL AND answered_at > now() - $2::interval
            """,
            reply.user_ref,
            CARE_LASTS,
        )
        return Chosen([str(row["message_id"]) for row in dangers])

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """Whether there are any."""
        return {"troubled": bool(ids)}
