"""What a reply rests on: gathered within a budget of tokens, kept by ids, and read again when the reply is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg

from activities.encryption.column import TextColumns
from schema.base_model import Model
from schema.coaching.activities import Recalled, ReplyToPrepare, ReplyToWrite
from schema.coaching.context import ReplyContext, Turn
from schema.encrypted_columns import SAID
from schema.errors import AnswerGone
from schema.person import PersonRef
from schema.profile.activities import ProfileStore
from workflows.coaching.rules.style import style_of
from workflows.coaching.rules.tokens import about_tokens

_CARE_LASTS = timedelta(days=7)
"""So long after a danger nothing bright is said, and no step is asked for."""
_MOST_MESSAGES = 200

# What was said while a reply was written stands after that reply: it belongs to the next one.
_LATEST = """
    SELECT m.message_id, m.text, m.reply_id
    FROM coach_system.messages m LEFT JOIN coach_system.messages r ON r.message_id = m.reply_id
    WHERE m.conversation_id = $1
    ORDER BY CASE WHEN m.reply_id = $2 THEN 'infinity' ELSE coalesce(r.said_at, m.said_at) END DESC,
        m.speaker, m.said_at DESC, m.message_id
    LIMIT $3
"""


class RecallBudget(Model):
    """How many tokens each part of what is recalled may take."""

    messages: int = 2000
    """The last messages of the conversation."""


class Recall:
    """Gathers what replies rest on."""

    def __init__(
        self, pool: asyncpg.Pool, columns: TextColumns, profiles: ProfileStore, budget: RecallBudget | None = None
    ) -> None:
        self._pool = pool
        self._columns = columns
        self._profiles = profiles
        self._budget = budget or RecallBudget()

    async def prepare(self, reply: ReplyToPrepare) -> Recalled:
        """Chooses what a reply is to rest on, and keeps the ids of it."""
        rows = await self._pool.fetch(
            _LATEST,
            UUID(reply.conversation_id),
            UUID(reply.reply_id),
            _MOST_MESSAGES,
        )
        chosen, tokens = list[UUID](), 0
        for row in rows:
            text = await self._columns.open(row["text"], SAID, row) or ""
            tokens += about_tokens(text)
            # What waits for this reply is read whole, however long it is.
            if tokens > self._budget.messages and str(row["reply_id"]) != reply.reply_id:
                break
            chosen.append(row["message_id"])
        await self._keep(reply, "messages", [str(message) for message in reversed(chosen)], tokens)
        dangers = await self._pool.fetch(
            """
            SELECT message_id FROM coach_system.messages
            WHERE user_ref = $1 AND crisis IS NOT NULL AND said_at > now() - $2::interval
            UNION ALL
            SELECT answer_id FROM onboarding_system.answers
            WHERE user_ref = $1 AND crisis IS NOT NULL AND answered_at > now() - $2::interval
            """,
            reply.user_ref,
            _CARE_LASTS,
        )
        await self._keep(reply, "dangers", [str(row["message_id"]) for row in dangers], 0)
        return Recalled(messages=len(chosen), tokens=tokens)

    async def _keep(self, reply: ReplyToPrepare, part: str, ids: Sequence[str], tokens: int) -> None:
        await self._pool.execute(
            "INSERT INTO coach_system.recalled (reply_id, user_ref, part, ids, tokens)"
            " SELECT $1, user_ref, $3, $4, $5 FROM onboarding_system.people WHERE user_ref = $2"
            " ON CONFLICT (reply_id, part) DO NOTHING",
            reply.reply_id,
            reply.user_ref,
            part,
            list(ids),
            tokens,
        )

    async def context(self, reply: ReplyToWrite) -> ReplyContext:
        """Reads what was recalled for a reply. Raises `AnswerGone` when it has been erased."""
        kept: dict[str, list[str]] = {
            row["part"]: row["ids"]
            for row in await self._pool.fetch(
                "SELECT part, ids FROM coach_system.recalled WHERE reply_id = $1", UUID(reply.reply_id)
            )
        }
        rows = await self._pool.fetch(
            "SELECT message_id, conversation_id, speaker, text, moves FROM coach_system.messages"
            " WHERE message_id = ANY ($1::uuid[]) ORDER BY array_position($1::uuid[], message_id)",
            kept.get("messages", []),
        )
        if not rows:
            raise AnswerGone
        lines = await self._pool.fetch(
            "SELECT DISTINCT unnest(moves) AS line FROM coach_system.messages WHERE conversation_id = $1",
            rows[0]["conversation_id"],
        )
        profile = await self._profiles.read_profile(PersonRef(user_ref=reply.user_ref))
        return ReplyContext(
            locale=reply.locale,
            turns=[await self._turn(speaker, list(said)) for speaker, said in groupby(rows, _speaker)],
            said=sorted(row["line"] for row in lines),
            style=style_of(profile),
            troubled=bool(kept.get("dangers")),
        )

    async def _turn(self, speaker: Any, said: Sequence[asyncpg.Record]) -> Turn:
        texts = [await self._columns.open(row["text"], SAID, row) for row in said]
        return Turn(
            speaker=speaker,
            text="\n".join(text for text in texts if text),
            moves=[move for row in said for move in row["moves"]],
        )


def _speaker(row: asyncpg.Record) -> str:
    return str(row["speaker"])
