"""The activity that writes the coach's replies, by whoever serves its queue."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import asyncpg
from temporalio import activity

from activities.ai.coach import ReplyWriter, show_nothing
from activities.coaching.agreement_store import keep_proposal, proposal_of
from activities.coaching.recall.recall import Recall
from activities.encryption.column import TextColumns
from schema.analysis.routing import Tier
from schema.coaching.activities import Coach, ReplyToWrite, ReplyWritten
from schema.encrypted_columns import SAID
from schema.errors import AnswerGone, NoSuchReader

_KEEP = """
    INSERT INTO coach_system.messages
        (message_id, conversation_id, user_ref, speaker, text, language, said_at, coach, moves)
    SELECT $1, conversation_id, user_ref, 'coach', $2, $3, greatest(clock_timestamp(), max(said_at)), $4, $5
    FROM coach_system.messages WHERE reply_id = $1 GROUP BY conversation_id, user_ref
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
        written = await self._writers[reply.tier].write(await self._recall.context(reply), show_nothing)
        sealed = await self._columns.seal(reply.user_ref, written.text, SAID, {"message_id": reply.reply_id})
        await self._pool.execute(_KEEP, UUID(reply.reply_id), sealed, reply.locale, written.coach, written.moves)
        if written.step:
            await keep_proposal(self._pool, self._columns, reply.user_ref, reply.reply_id, written.step)
        if not (kept := await self._kept(reply.reply_id)):
            raise AnswerGone
        return kept

    async def _kept(self, reply_id: str) -> ReplyWritten | None:
        row = await self._pool.fetchrow(
            "SELECT message_id, text, coach FROM coach_system.messages WHERE message_id = $1", UUID(reply_id)
        )
        if row is None or (text := await self._columns.open(row["text"], SAID, row)) is None:
            return None
        step = await proposal_of(self._pool, self._columns, reply_id)
        return ReplyWritten(text=text, coach=row["coach"], step=step)
