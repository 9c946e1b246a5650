"""What the person asks to forget, in words: it is gone before anything else is recalled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg

from activities.ai.insight import OwnText
from activities.ai.offline.forgetting import Forgetting, forgetting_asked
from activities.ai.offline.memory_words import memory_words
from activities.coaching.meaning import cosine
from activities.coaching.memory.store import Kept, Memories
from activities.coaching.own_texts import OwnTexts
from activities.coaching.recall.memories import said_now
from activities.coaching.recall.part import Chosen
from activities.encryption.column import TextColumns
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import language_of

_HALF = 0.5
_MOST_COMPARED = 200
"""Texts: 0.4 s of the encoder's time."""
_LIKE, _CLEARLY = 0.3, 0.08
"""The cosine from which what shares no word with the request is meant, and how far it is ahead of all others."""


class AskedToForget:
    """Forgets what the last messages ask for, by rules: also where a language model writes the reply."""

    name = "forgotten"

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, memories: Memories) -> None:
        self._pool = pool
        self._columns = columns
        self._memories = memories
        self._texts = OwnTexts(pool, columns)

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """The message that asks for it, and the ids of what is gone; nothing where none does."""
        said = await said_now(self._pool, self._columns, reply.reply_id)
        asking, asked = said.ids, forgetting_asked(said.text, reply.locale)
        if asked is None:
            return Chosen([])
        said_before = await self._texts.before(reply.user_ref, reply.reply_id, dangerous=True)
        kept = await self._memories.of(reply.user_ref, closed=True)
        memories, sources = self._meant(asked, kept, said_before, reply.locale)
        if not sources and not memories and not asked.last:
            sources = await self._nearest(said.text, said_before)
            memories = [memory.memory_id for memory in kept if memory.told_in in sources]
        # The request itself names what is to be forgotten.
        gone = await self._memories.forget(reply.user_ref, memories, [*sources, *asking])
        return Chosen([*asking[:1], *gone, *([] if gone else sources)])

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """How much is gone."""
        return {"forgotten": len(ids) - 1} if ids else {}

    async def _nearest(self, text: str, said: Sequence[OwnText]) -> list[str]:
        """What was said that other words mean, if one stands out: "my ex" of "I was dating a guy till April"."""
        meanings, said = self._memories.meanings, said[:_MOST_COMPARED]
        if meanings is None or not said:
            return []
        asking, *others = await meanings.vectors_of([text, *(each.text for each in said)])
        near = sorted(((cosine(asking, other), each.source_id) for other, each in zip(others, said, strict=True)))
        (score, source), next_best = near[-1], near[-2][0] if len(near) > 1 else 0.0
        return [source] if score >= _LIKE and score - next_best >= _CLEARLY else []

    @staticmethod
    def _meant(
        asked: Forgetting, kept: Sequence[Kept], said: Sequence[OwnText], locale: Locale
    ) -> tuple[list[str], list[str]]:
        """The memories, and the messages and answers, that are meant."""
        if asked.last:
            last = [text.source_id for text in said[:1]]
            return [memory.memory_id for memory in kept if memory.told_in in last], last

        def shared(text: str) -> int:
            return len(asked.topics & memory_words(language_of(text, locale)).wider(text))

        # Of several things that are named, what speaks of most of them.
        most = max((shared(text) for text in [*(m.text for m in kept), *(each.text for each in said)]), default=0)
        if most < max(1, len(asked.topics) * _HALF):
            return [], []
        return (
            [memory.memory_id for memory in kept if shared(memory.text) == most],
            [text.source_id for text in said if shared(text.text) == most],
        )
