"""What the person has told, as far as it bears on what they say now; and what must not be brought up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from activities.ai.offline.memory import about_boundary
from activities.ai.offline.memory_words import memory_words
from activities.coaching.memory.nearness import nearest
from activities.coaching.memory.store import Kept, Memories
from activities.coaching.recall.part import Chosen
from activities.encryption.column import TextColumns
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite
from schema.coaching.context import Memory
from schema.encrypted_columns import BLOCK, SAID, SUMMARY
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import language_of
from workflows.coaching.rules.tokens import about_tokens


class SaidNow(NamedTuple):
    """The messages that wait for a reply."""

    ids: list[str]
    text: str
    said_at: datetime | None
    """None where a button was pressed instead."""


async def said_now(pool: asyncpg.Pool, columns: TextColumns, reply_id: str) -> SaidNow:
    """The messages that wait for a reply."""
    rows = await pool.fetch(
        "SELECT message_id, text, said_at FROM coach_system.messages WHERE reply_id = $1 ORDER BY said_at, message_id",
        UUID(reply_id),
    )
    read = [await columns.open(row["text"], SAID, row) for row in rows]
    text = "\n".join(text for text in read if text)
    return SaidNow([str(row["message_id"]) for row in rows], text, rows[-1]["said_at"] if rows else None)


class BearingMemories:
    """Memories by meaning, by recency and by weight, those that are no longer true among them."""

    name = "memories"

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, memories: Memories, tokens: int) -> None:
        self._pool = pool
        self._columns = columns
        self._memories = memories
        self._tokens = tokens

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """The nearest that fit the budget. What a boundary keeps out is left out, unless the person speaks of it."""
        kept = await self._memories.of(reply.user_ref, closed=True, vectors=True)
        if not kept:
            return Chosen([])
        said = await said_now(self._pool, self._columns, reply.reply_id)
        kept_out = _kept_out(kept, said.text, reply.locale)
        chosen, tokens = list[str](), 0
        for memory in await nearest(
            said.text, said.said_at or kept[0].learnt_at, reply.locale, kept, self._memories.meanings
        ):
            more = about_tokens(memory.text)
            if memory.kind == "boundary" or tokens + more > self._tokens:
                continue
            book = memory_words(language_of(memory.text, reply.locale))
            if kept_out & book.topics(memory.text):
                continue
            chosen.append(memory.memory_id)
            tokens += more
        await self._memories.used(chosen)
        return Chosen(chosen, tokens)

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """The memories, the nearest first."""
        kept = {memory.memory_id: memory for memory in await self._memories.of(reply.user_ref, closed=True)}
        return {"memories": [_as_recalled(kept[each]) for each in ids if each in kept]}


def _kept_out(kept: Sequence[Kept], text: str, locale: Locale) -> frozenset[str]:
    closed = [
        about_boundary(memory.text, locale) for memory in kept if memory.kind == "boundary" and not memory.closed_at
    ]
    return frozenset(topic for topics in closed for topic in topics) - memory_words(language_of(text, locale)).topics(
        text
    )


def _as_recalled(memory: Kept) -> Memory:
    until = memory.true_to or (memory.closed_at and memory.closed_at.date())
    return Memory(kind=memory.kind, text=memory.text, told_on=memory.learnt_at.date(), until=until)


class Boundaries:
    """What must not be brought up: all of it, always."""

    name = "boundaries"

    def __init__(self, memories: Memories) -> None:
        self._memories = memories

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """All of them."""
        kept = [memory for memory in await self._memories.of(reply.user_ref) if memory.kind == "boundary"]
        return Chosen([memory.memory_id for memory in kept], sum(about_tokens(memory.text) for memory in kept))

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """The texts."""
        kept = [memory for memory in await self._memories.of(reply.user_ref) if memory.memory_id in set(ids)]
        return {"boundaries": [memory.text for memory in kept]}


class AlwaysInMind:
    """The blocks."""

    name = "blocks"

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """All of them: each is short."""
        texts = await self._texts(reply.user_ref)
        return Chosen(list(texts), sum(map(about_tokens, texts.values())))

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """Their texts, as they are by now."""
        texts = await self._texts(reply.user_ref)
        return {"blocks": [texts[block] for block in ids if block in texts]}

    async def _texts(self, user_ref: str) -> dict[str, str]:
        rows = await self._pool.fetch(
            "SELECT user_ref, block, text FROM coach_system.blocks WHERE user_ref = $1 ORDER BY block DESC", user_ref
        )
        read = {row["block"]: await self._columns.open(row["text"], BLOCK, row) for row in rows}
        return {block: text for block, text in read.items() if text}


class SoFar:
    """What the conversation was about before its last messages."""

    name = "summary"

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """The summary of this conversation, if it is so long that it has one."""
        text = await self._text(reply.conversation_id)
        return Chosen([reply.conversation_id], about_tokens(text)) if text else Chosen([])

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """Its text, as it is by now."""
        return {"summary": await self._text(ids[0]) if ids else ""}

    async def _text(self, conversation_id: str) -> str:
        row = await self._pool.fetchrow(
            "SELECT conversation_id, text FROM coach_system.summaries WHERE conversation_id = $1", UUID(conversation_id)
        )
        return (await self._columns.open(row["text"], SUMMARY, row) or "") if row else ""
