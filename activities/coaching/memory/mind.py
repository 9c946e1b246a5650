"""What is always in mind of a person, and what a conversation was about: short, and in the person's own words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta

import asyncpg

from activities.ai.offline.reflection import heard
from activities.coaching.memory.store import Kept, Memories
from activities.encryption.column import TextColumns
from schema.encrypted_columns import BLOCK, SAID, SUMMARY
from schema.vocabulary import Locale
from workflows.coaching.rules.tokens import about_tokens

MOST_LETTERS = 600
"""Of a block."""
_NOW = timedelta(days=21)

_KEEP_BLOCK = """
    INSERT INTO coach_system.blocks (user_ref, block, text, rebuilt_at)
    SELECT user_ref, $2, $3, now() FROM onboarding_system.people WHERE user_ref = $1
    ON CONFLICT (user_ref, block) DO UPDATE SET text = excluded.text, rebuilt_at = excluded.rebuilt_at
"""

_KEEP_SUMMARY = """
    INSERT INTO coach_system.summaries (conversation_id, user_ref, text, up_to, summed_up_at)
    SELECT conversation_id, user_ref, $2, $3, now() FROM coach_system.conversations WHERE conversation_id = $1
    ON CONFLICT (conversation_id) DO UPDATE
        SET text = excluded.text, up_to = excluded.up_to, summed_up_at = excluded.summed_up_at
"""

_WHOLE_TALK = """
    SELECT message_id, speaker, text, language, said_at FROM coach_system.messages
    WHERE conversation_id = $1 AND set_aside_at IS NULL AND crisis IS NULL ORDER BY said_at DESC, message_id
"""


class Mind:
    """Builds what is always in mind out of memories, and sums conversations up out of their messages."""

    def __init__(
        self, pool: asyncpg.Pool, columns: TextColumns, memories: Memories, *, recent_tokens: int, summary_tokens: int
    ) -> None:
        """`recent_tokens` is how much of a conversation replies see whole; only what is older is summed up."""
        self._pool = pool
        self._columns = columns
        self._memories = memories
        self._recent = recent_tokens
        self._most = summary_tokens

    async def rebuild(self, user_ref: str) -> None:
        """Builds the blocks anew."""
        memories = await self._memories.of(user_ref)
        since = memories[0].learnt_at - _NOW if memories else None
        blocks = {
            "who": _lines(memory for memory in _firmest(memories) if memory.kind in ("person", "fact")),
            "now": _lines(
                memory for memory in memories if memory.kind == "goal" or (since and memory.learnt_at > since)
            ),
        }
        for block, text in blocks.items():
            sealed = await self._columns.seal(user_ref, text, BLOCK, {"user_ref": user_ref, "block": block})
            await self._pool.execute(_KEEP_BLOCK, user_ref, block, sealed)

    async def sum_up(self, user_ref: str, conversation_id: uuid.UUID) -> None:
        """Sums up what has fallen out of the last messages: the most telling words of each message."""
        rows = await self._pool.fetch(_WHOLE_TALK, conversation_id)
        tokens, old = 0, list[asyncpg.Record]()
        for at, row in enumerate(rows):
            tokens += about_tokens(await self._columns.open(row["text"], SAID, row) or "")
            if tokens > self._recent:
                old = rows[at:]
                break
        if not old:
            return
        lines, room = list[str](), self._most
        for row in old:
            line = await self._telling(row) if row["speaker"] == "person" else None
            if line and (room := room - about_tokens(line)) > 0:
                lines.append(line)
        if not lines:
            return
        text = "\n".join(reversed(lines))
        sealed = await self._columns.seal(user_ref, text, SUMMARY, {"conversation_id": conversation_id})
        await self._pool.execute(_KEEP_SUMMARY, conversation_id, sealed, old[0]["message_id"])

    async def _telling(self, row: asyncpg.Record) -> str | None:
        text = await self._columns.open(row["text"], SAID, row)
        phrase = heard(text, Locale(row["language"])).phrase if text else None
        return phrase and f"{row['said_at']:%Y-%m-%d}: {phrase}"


def _firmest(memories: Sequence[Kept]) -> list[Kept]:
    return sorted(memories, key=lambda memory: memory.confirmed, reverse=True)


def _lines(memories: Iterable[Kept]) -> str:
    """As many memories as a block has room for, one a line."""
    text = ""
    for memory in memories:
        if len(text) + len(memory.text) < MOST_LETTERS:
            text += f"{memory.text}\n"
    return text.rstrip()
