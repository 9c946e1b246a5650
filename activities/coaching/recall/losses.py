"""What the person has told of somebody who is gone: a talk that bears on it is met in that light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from activities.ai.offline.coach_grief import tells_of_loss
from activities.coaching.own_texts import OwnTexts
from activities.coaching.recall.part import Chosen
from activities.encryption.column import TextColumns
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite
from schema.coaching.context import Memory

_MOST = 12
# Each text is read for a loss once: the next reply takes up what the one before it has found.
_BEFORE = """
    SELECT r.ids, min(m.said_at) AS said_at
    FROM coach_system.recalled r JOIN coach_system.messages m ON m.reply_id = r.reply_id
    WHERE r.user_ref = $1 AND r.part = $2 AND r.reply_id <> $3
    GROUP BY r.reply_id, r.ids ORDER BY said_at DESC LIMIT 1
"""


class ToldLosses:
    """The latest answers and messages that tell of somebody who died, or speak of them as of one who is gone."""

    name = "losses"

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._texts = OwnTexts(pool, columns)

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """Those of the reply before, and of what was said since. They only colour a reply, and take no tokens."""
        before = await self._pool.fetchrow(_BEFORE, reply.user_ref, self.name, UUID(reply.reply_id))
        said = await self._texts.before(reply.user_ref, reply.reply_id, since=before["said_at"] if before else None)
        found = [text.source_id for text in said if tells_of_loss(text.text, text.language)]
        return Chosen(list(dict.fromkeys([*found, *(before["ids"] if before else [])]))[:_MOST])

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """The texts, as far as they are still there."""
        said = await self._texts.those(reply.user_ref, ids)
        return {"losses": [Memory(kind="fact", text=text.text, told_on=text.said_at.date()) for text in said]}
