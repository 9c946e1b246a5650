"""What people say about replies of the coach by the buttons under them, in `coach_system.reply_marks`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from activities.coaching.recall.part import Chosen
from activities.encryption.column import TextColumns
from schema.coaching.activities import MarkKept, MarkToKeep, ReplyToPrepare, ReplyToWrite
from schema.coaching.marks import MOST_REWORDINGS, ReplyMark
from schema.encrypted_columns import SAID
from schema.vocabulary import Locale

# The marked reply, whether something was said after it, and how often it was said another way before.
_MARKED = """
    WITH RECURSIVE marked AS (
        SELECT * FROM coach_system.messages
        WHERE user_ref = $1 AND speaker = 'coach' AND ($2::uuid IS NULL OR message_id = $2)
        ORDER BY said_at DESC LIMIT 1
    ), rewordings AS (
        SELECT k.marked_id FROM coach_system.reply_marks k JOIN marked ON k.reply_id = marked.message_id
        WHERE k.mark = 'differently'
        UNION ALL
        SELECT k.marked_id FROM coach_system.reply_marks k JOIN rewordings r ON k.reply_id = r.marked_id
        WHERE k.mark = 'differently'
    )
    SELECT marked.message_id, marked.conversation_id, people.locale,
        (SELECT count(*) FROM rewordings) AS rewordings,
        EXISTS (
            SELECT FROM coach_system.messages later
            WHERE later.conversation_id = marked.conversation_id AND later.message_id <> $3
                AND later.said_at > marked.said_at
        ) AS is_past
    FROM marked JOIN onboarding_system.people ON people.user_ref = $1
"""
_KEEP = """
    INSERT INTO coach_system.reply_marks (marked_id, mark, user_ref, update_id, reply_id, marked_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""


class ReplyMarks:
    """Keeps marks, and tells each reply to one what it answers: a part of what is recalled."""

    name = "mark"

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    async def keep(self, mark: MarkToKeep) -> MarkKept:
        """Keeps a mark, once; nothing where there is no such reply, or it is too late to say it another way."""
        reply_id = UUID(mark.reply_id)
        found = await self._pool.fetchrow(_MARKED, mark.user_ref, mark.marked_id and UUID(mark.marked_id), reply_id)
        if found is None:
            return MarkKept()
        rewords = mark.mark is ReplyMark.DIFFERENTLY
        kept = MarkKept(
            known=True,
            locale=Locale(found["locale"]),
            conversation_id=str(found["conversation_id"]),
            may_reword=found["rewordings"] + rewords < MOST_REWORDINGS,
        )
        if rewords and (found["is_past"] or found["rewordings"] >= MOST_REWORDINGS):
            return kept
        await self._pool.execute(
            _KEEP, found["message_id"], mark.mark, mark.user_ref, mark.update_id, reply_id, mark.marked_at
        )
        answers = await self._pool.fetchval(
            "SELECT EXISTS (SELECT FROM coach_system.reply_marks WHERE reply_id = $1)", reply_id
        )
        return kept.model_copy(update={"fresh": answers})

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """The reply that was marked, where this one answers a mark."""
        marked = await self._pool.fetchval(
            "SELECT marked_id FROM coach_system.reply_marks WHERE reply_id = $1", UUID(reply.reply_id)
        )
        return Chosen([str(marked)] if marked else [])

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """The mark, and the words that are to be said another way."""
        row = await self._pool.fetchrow(
            "SELECT k.mark, m.message_id, m.text FROM coach_system.reply_marks k"
            " JOIN coach_system.messages m ON m.message_id = k.marked_id WHERE k.reply_id = $1",
            UUID(reply.reply_id),
        )
        if row is None:
            return {}
        rewords = row["mark"] == ReplyMark.DIFFERENTLY
        return {
            "mark": row["mark"],
            "reworded": (await self._columns.open(row["text"], SAID, row) or "") if rewords else "",
        }
