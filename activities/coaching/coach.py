"""The activity that writes the coach's replies, by whoever serves its queue."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

import asyncpg
from temporalio import activity

from activities.ai.analyst import Withheld
from activities.ai.coach import ReplyWriter, show_nothing
from activities.coaching.recall.recall import Recall
from activities.encryption.column import TextColumns
from schema.analysis.routing import Tier
from schema.coaching.activities import Coach, ReplyToWrite, ReplyWritten
from schema.coaching.context import Reply
from schema.encrypted_columns import SAID
from schema.errors import AnswerGone, NoSuchReader, ReplyWithheld

_BEAT_EVERY = 0.2
"""Seconds."""
_KEEP = """
    INSERT INTO coach_system.messages
        (message_id, conversation_id, user_ref, speaker, text, language, said_at, coach, moves)
    SELECT $1, conversation_id, user_ref, 'coach', $2, $3, greatest(clock_timestamp(), max(said_at)), $4, $5
    FROM (
        SELECT conversation_id, user_ref, said_at FROM coach_system.messages WHERE reply_id = $1
        UNION ALL
        SELECT conversation_id, m.user_ref, said_at
        FROM coach_system.reply_marks k JOIN coach_system.messages m ON m.message_id = k.marked_id
        WHERE k.reply_id = $1
    ) AS answered GROUP BY conversation_id, user_ref
    ON CONFLICT DO NOTHING
"""


class CoachActivities(Coach):
    """Writes replies with the writer of the requested tier, and keeps them."""

    def __init__(
        self, pool: asyncpg.Pool, columns: TextColumns, recall: Recall, writers: Mapping[Tier, ReplyWriter]
    ) -> None:
        self._pool = pool
        self._columns = columns
        self._recall = recall
        self._writers = writers

    @activity.defn(name="coaching.reply")
    async def reply(self, reply: ReplyToWrite) -> ReplyWritten:
        if reply.tier not in self._writers:
            # The settings have changed since the reply was routed.
            raise NoSuchReader(f"No model of the {reply.tier} tier writes here any more")
        if kept := await self._kept(reply.reply_id):
            return kept
        written = await self._written(reply)
        sealed = await self._columns.seal(reply.user_ref, written.text, SAID, {"message_id": reply.reply_id})
        await self._pool.execute(_KEEP, UUID(reply.reply_id), sealed, reply.locale, written.coach, written.moves)
        if not (kept := await self._kept(reply.reply_id)):
            raise AnswerGone
        return kept

    async def _written(self, reply: ReplyToWrite) -> Reply:
        context = await self._recall.context(reply)
        beats = asyncio.create_task(_beat())
        try:
            return await self._writers[reply.tier].write(context, show_nothing)
        except Withheld:
            raise ReplyWithheld from None
        finally:
            beats.cancel()

    async def _kept(self, reply_id: str) -> ReplyWritten | None:
        row = await self._pool.fetchrow(
            "SELECT message_id, text, coach FROM coach_system.messages WHERE message_id = $1", UUID(reply_id)
        )
        if row is None or (text := await self._columns.open(row["text"], SAID, row)) is None:
            return None
        return ReplyWritten(text=text, coach=row["coach"])


async def _beat() -> None:
    """Tells the server again and again that a reply is being written, by which it is heard when nobody wants it."""
    while True:
        activity.heartbeat()
        await asyncio.sleep(_BEAT_EVERY)
