"""The last messages of a conversation, as a reply rests on them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg

from activities.coaching.recall.part import Chosen
from activities.encryption.column import TextColumns
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite
from schema.coaching.context import Turn
from schema.encrypted_columns import SAID
from schema.errors import AnswerGone
from workflows.coaching.rules.tokens import about_tokens

_MOST_MESSAGES = 200

# What the person has had forgotten is not recalled; the words that ask for it are, once.
# What was said while a reply was written stands after that reply: it belongs to the next one.
_LATEST = """
    SELECT m.message_id, m.text, m.reply_id
    FROM coach_system.messages m LEFT JOIN coach_system.messages r ON r.message_id = m.reply_id
    WHERE m.conversation_id = $1 AND (m.set_aside_at IS NULL OR m.reply_id = $2)
    ORDER BY CASE WHEN m.reply_id = $2 THEN 'infinity' ELSE coalesce(r.said_at, m.said_at) END DESC,
        m.speaker, m.said_at DESC, m.message_id
    LIMIT $3
"""


class LastMessages:
    """The turns that the reply follows, and what the coach has said before them."""

    name = "messages"

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, tokens: int) -> None:
        self._pool = pool
        self._columns = columns
        self._tokens = tokens

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """The latest that fit the budget. What waits for this reply is taken whole, however long it is."""
        rows = await self._pool.fetch(
            _LATEST,
            UUID(reply.conversation_id),
            UUID(reply.reply_id),
            _MOST_MESSAGES,
        )
        chosen, tokens = list[UUID](), 0
        for row in rows:
            text = await self._columns.open(row["text"], SAID, row) or ""
            more = about_tokens(text)
            if tokens + more > self._tokens and str(row["reply_id"]) != reply.reply_id:
                break
            tokens += more
            chosen.append(row["message_id"])
        return Chosen([str(message) for message in reversed(chosen)], tokens)

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """The turns. Raises `AnswerGone` when they have been erased."""
        rows = await self._pool.fetch(
            "SELECT message_id, conversation_id, speaker, text, moves, said_at FROM coach_system.messages"
            " WHERE message_id = ANY ($1::uuid[]) ORDER BY array_position($1::uuid[], message_id)",
            ids,
        )
        if not rows:
            raise AnswerGone
        lines = await self._pool.fetch(
            "SELECT DISTINCT unnest(moves) AS line FROM coach_system.messages WHERE conversation_id = $1",
            rows[0]["conversation_id"],
        )
        turns = [await self._turn(speaker, list(said)) for speaker, said in groupby(rows, _speaker)]
        # A button under a reply is no turn: what answers it answers the person's words before that reply.
        while turns and turns[-1].speaker == "coach":
            turns.pop()
        return {
            "turns": turns,
            "said": sorted(row["line"] for row in lines),
        }

    async def _turn(self, speaker: Any, said: Sequence[asyncpg.Record]) -> Turn:
        texts = [await self._columns.open(row["text"], SAID, row) for row in said]
        return Turn(
            speaker=speaker,
            text="\n".join(text for text in texts if text),
            moves=[move for row in said for move in row["moves"]],
            said_on=said[-1]["said_at"].date(),
        )


def _speaker(row: asyncpg.Record) -> str:
    return str(row["speaker"])
