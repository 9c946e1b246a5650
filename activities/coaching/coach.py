"""The activity that writes the coach's replies, by whoever serves its queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import asyncpg
from temporalio import activity

from activities.ai.analyst import Withheld
from activities.ai.coach import ReplyWriter
from activities.analysis.served_tier import served
from activities.coaching.agreement_store import keep_proposal, proposal_of
from activities.coaching.drafts import Drafts
from activities.coaching.recall.recall import Recall
from activities.encryption.column import TextColumns
from schema.analysis.routing import Tier
from schema.coaching.activities import Coach, ReplyToWrite, ReplyWritten
from schema.coaching.context import Reply
from schema.encrypted_columns import SAID
from schema.errors import AnswerGone, ReplyWithheld

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


HEARTBEAT_EVERY = 0.5
"""Seconds between heartbeats while a reply is written: only by them it learns that the person has stopped it.

Stopped replies are to end within a second. Each heartbeat is a write of the server's, so there are no more than needed.
"""


class CoachActivities(Coach):
    """Writes replies with the writer of the requested tier, and keeps them."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        columns: TextColumns,
        recall: Recall,
        writers: Mapping[Tier, ReplyWriter],
        drafts: Drafts,
    ) -> None:
        self._pool = pool
        self._columns = columns
        self._recall = recall
        self._writers = writers
        self._drafts = drafts

    @activity.defn(name="coaching.reply")
    async def reply(self, reply: ReplyToWrite) -> ReplyWritten:
        stopped = asyncio.Event()
        replying = asyncio.create_task(self._reply(reply, stopped))
        try:
            async with _heartbeats():
                return await asyncio.shield(replying)
        except asyncio.CancelledError:
            if not _is_stopped():
                replying.cancel()
                await asyncio.wait([replying])
                raise
            stopped.set()
            return await replying

    async def _reply(self, reply: ReplyToWrite, stopped: asyncio.Event) -> ReplyWritten:
        writer = served(self._writers, reply.tier)
        if kept := await self._kept(reply.reply_id):
            return kept
        written = await self._write(writer, reply, stopped)
        if not written.text:
            return ReplyWritten(text="", coach=written.coach)
        sealed = await self._columns.seal(reply.user_ref, written.text, SAID, {"message_id": reply.reply_id})
        await self._pool.execute(_KEEP, UUID(reply.reply_id), sealed, reply.locale, written.coach, written.moves)
        if written.step:
            await keep_proposal(self._pool, self._columns, reply.user_ref, reply.reply_id, written.step)
        if not (kept := await self._kept(reply.reply_id)):
            raise AnswerGone
        return kept

    async def _write(self, writer: ReplyWriter, reply: ReplyToWrite, stopped: asyncio.Event) -> Reply:
        """Writes the reply, and shows it meanwhile. Once it is stopped, what was shown is all of it."""
        context = await self._recall.context(reply)
        async with self._drafts.open(reply, activity.info().attempt) as draft:
            writing = asyncio.create_task(writer.write(context, draft.show))
            stopping = asyncio.create_task(stopped.wait())
            try:
                await asyncio.wait([writing, stopping], return_when=asyncio.FIRST_COMPLETED)
                if writing.done():
                    return writing.result()
                return Reply(text=draft.text, coach=reply.writer)
            except Withheld:
                raise ReplyWithheld from None
            finally:
                for task in (writing, stopping):
                    task.cancel()
                await asyncio.wait([writing, stopping])

    async def _kept(self, reply_id: str) -> ReplyWritten | None:
        row = await self._pool.fetchrow(
            "SELECT message_id, text, coach FROM coach_system.messages WHERE message_id = $1", UUID(reply_id)
        )
        if row is None or (text := await self._columns.open(row["text"], SAID, row)) is None:
            return None
        step = await proposal_of(self._pool, self._columns, reply_id)
        return ReplyWritten(text=text, coach=row["coach"], step=step)


def _is_stopped() -> bool:
    """Returns whether the workflow has cancelled the activity. A worker that is leaving cancels it, too."""
    details = activity.cancellation_details()
    return details is not None and details.cancel_requested


@asynccontextmanager
async def _heartbeats() -> AsyncIterator[None]:
    """Sends heartbeats while the context is open. A local activity needs none."""
    if activity.info().is_local:
        yield
        return
    beating = asyncio.create_task(_beat())
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(HEARTBEAT_EVERY)
