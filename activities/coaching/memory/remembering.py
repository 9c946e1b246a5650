"""The activities of memory: what is remembered of what was said, seen by its person, and forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
from temporalio import activity

from activities.ai.memory import MemoryExtractor
from activities.analysis.answer_texts import AnswerTexts
from activities.coaching.memory.mind import Mind
from activities.coaching.memory.nearness import nearest
from activities.coaching.memory.store import Kept, Memories
from activities.encryption.column import TextColumns
from schema.analysis.routing import Tier
from schema.coaching.activities import MemoryStore, MemoryTask, Remembered, Remembering, WordsToRemember
from schema.coaching.memory import MOST_KNOWN, Change, KnownMemory, MemoryPage, ShownMemory, ToldMessage
from schema.encrypted_columns import SAID
from schema.errors import NoSuchReader
from schema.person import PersonRef

ON_A_PAGE = 5
_MOST_AT_ONCE = 20
_MOST_LETTERS = 300

# What spoke of danger is no memory. What an earlier reply left unread is read with it.
_UNREAD = """
    SELECT message_id, conversation_id, text, language, said_at, reply_id FROM coach_system.messages
    WHERE user_ref = $1 AND speaker = 'person' AND remembered_by IS NULL AND crisis IS NULL AND set_aside_at IS NULL
    ORDER BY said_at, message_id LIMIT $2
"""

# The latest answer of an open session may still be edited.
_UNREAD_ANSWERS = """
    SELECT answer_id, answered_at, language FROM onboarding_system.answers a JOIN onboarding_system.sessions s
        USING (session_id)
    WHERE a.user_ref = $1 AND remembered_by IS NULL AND crisis IS NULL AND (
        closed_at IS NOT NULL
        OR EXISTS (
            SELECT FROM onboarding_system.answers later
            WHERE later.session_id = a.session_id AND later.answered_at > a.answered_at
        )
    )
    ORDER BY answered_at, answer_id LIMIT $2
"""

_ASKED = """
    SELECT message_id, text FROM coach_system.messages
    WHERE conversation_id = $1 AND speaker = 'coach' AND said_at < $2 ORDER BY said_at DESC LIMIT 1
"""


class MemoryActivities(Remembering, MemoryStore):
    """Remembers in a migrated database, with the extractor of the requested tier."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        columns: TextColumns,
        memories: Memories,
        *,
        mind: Mind,
        answers: AnswerTexts,
        extractors: Mapping[Tier, MemoryExtractor],
    ) -> None:
        self._pool = pool
        self._answers = answers
        self._columns = columns
        self._memories = memories
        self._mind = mind
        self._extractors = extractors

    @activity.defn(name="coaching.remember")
    async def remember(self, words: WordsToRemember) -> Remembered:
        extractor = self._extractors.get(words.tier)
        if extractor is None:
            # The settings have changed since the reply was routed.
            raise NoSuchReader(f"No model of the {words.tier} tier remembers here any more")
        changed = await self._remember_answers(words, extractor)
        rows = await self._pool.fetch(_UNREAD, words.user_ref, _MOST_AT_ONCE) if words.reply_id else []
        for row in rows:
            text = await self._columns.open(row["text"], SAID, row) or ""
            corrects = words.corrects if str(row["reply_id"]) == words.reply_id else None
            changes = await self._changes(
                words, text, row["said_at"], extractor, asked=await self._asked(row), corrects=corrects
            )
            changed += await self._memories.apply(words.user_ref, row["message_id"], changes, extractor.extractor)
        for conversation in {row["conversation_id"] for row in rows}:
            await self._mind.sum_up(words.user_ref, conversation)
        return Remembered(changes=changed)

    async def _remember_answers(self, words: WordsToRemember, extractor: MemoryExtractor) -> int:
        """Reads what was told in sessions, as soon as there is a talk that may rest on it."""
        changed = 0
        for row in await self._pool.fetch(_UNREAD_ANSWERS, words.user_ref, _MOST_AT_ONCE):
            answer = await self._answers.in_context(str(row["answer_id"]), words.locale)
            changes = await self._changes(words, answer.text, row["answered_at"], extractor, asked=answer.question)
            changed += await self._memories.apply(words.user_ref, row["answer_id"], changes, extractor.extractor)
        return changed

    async def _changes(
        self,
        words: WordsToRemember,
        text: str,
        told_at: datetime,
        extractor: MemoryExtractor,
        *,
        asked: str,
        corrects: str | None = None,
    ) -> list[Change]:
        kept = await self._memories.of(words.user_ref, vectors=True)
        if corrects:
            old = [memory for memory in kept if memory.memory_id == corrects]
            return [
                Change(action="supersede", memory_id=corrects, kind=memory.kind, text=text, quote=text, confidence=1.0)
                for memory in old
                if len(text) <= _MOST_LETTERS
            ]
        near = await nearest(text, told_at, words.locale, kept, self._memories.meanings)
        last = kept[0].told_in if kept else None
        chosen = list({memory.memory_id: memory for memory in [*_latest(kept, last), *near]}.values())[:MOST_KNOWN]
        told = ToldMessage(
            locale=words.locale,
            text=text,
            said_on=told_at.date(),
            asked=asked,
            known=[
                KnownMemory(
                    memory_id=memory.memory_id,
                    kind=memory.kind,
                    text=memory.text,
                    told_on=memory.learnt_at.date(),
                    just_told=memory.told_in == last,
                )
                for memory in chosen
            ],
        )
        return _possible(await extractor.changes(told), told)

    async def _asked(self, row: asyncpg.Record) -> str:
        asked = await self._pool.fetchrow(_ASKED, row["conversation_id"], row["said_at"])
        return (await self._columns.open(asked["text"], SAID, asked) or "") if asked else ""

    @activity.defn(name="coaching.reflect")
    async def reflect(self, ref: PersonRef) -> None:
        await self._mind.rebuild(ref.user_ref)

    @activity.defn(name="coaching.tend_memory")
    async def tend_memory(self, task: MemoryTask) -> MemoryPage:
        if task.forget:
            await self._memories.forget(task.user_ref, [task.forget])
            await self._mind.rebuild(task.user_ref)
        order = ("person", "fact", "goal", "preference", "boundary")
        kept = sorted(await self._memories.of(task.user_ref), key=lambda memory: order.index(memory.kind))
        pages = max(1, -(-len(kept) // ON_A_PAGE))
        page = min(max(task.page, 0), pages - 1)
        return MemoryPage(
            memories=[_shown(memory) for memory in kept[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]],
            page=page,
            pages=pages,
        )


def _latest(kept: Sequence[Kept], told_in: str | None) -> list[Kept]:
    """What the message before told: "no, actually" speaks of it."""
    return [memory for memory in kept if memory.told_in == told_in]


def _possible(changes: Sequence[Change], told: ToldMessage) -> list[Change]:
    """The changes that are about memories which whoever read the message was shown, each of them once."""
    known = {memory.memory_id for memory in told.known}
    possible: list[Change] = []
    for change in changes:
        if change.memory_id is None and change.action != "add":
            continue
        if change.memory_id is not None and change.memory_id not in known:
            continue
        known.discard(change.memory_id or "")
        possible.append(change)
    return possible


def _shown(memory: Kept) -> ShownMemory:
    return ShownMemory(
        memory_id=memory.memory_id,
        kind=memory.kind,
        text=memory.text,
        quote=memory.quote,
        told_at=memory.learnt_at,
    )
