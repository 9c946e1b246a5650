"""The activities of memory: what is remembered of what was said, seen by its person, and forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
from temporalio import activity

from activities.ai.memory import MemoryExtractor
from activities.ai.planted import is_planted
from activities.analysis.answer_texts import AnswerTexts
from activities.analysis.reply_readers import companies_agreed_to
from activities.analysis.served_tier import served
from activities.coaching.memory.mind import Mind
from activities.coaching.memory.nearness import nearest
from activities.coaching.memory.store import Kept, Memories
from activities.encryption.column import TextColumns
from schema.analysis.routing import Tier
from schema.coaching.activities import (
    MemoryCorrection,
    MemoryRef,
    MemoryStore,
    MemoryTask,
    OpenMemory,
    Remembered,
    Remembering,
    WordsToRemember,
)
from schema.coaching.memory import (
    LONGEST_MEMORY,
    MOST_KNOWN,
    Change,
    KnownMemory,
    MemoryPage,
    ShownMemory,
    ShownWish,
    ToldMessage,
)
from schema.encrypted_columns import SAID
from schema.person import PersonRef

ON_A_PAGE = 5
_MOST_AT_ONCE = 20
_BY_PERSON = "person"
"""Who says what is remembered when its person puts it right."""
_ORDER = ("person", "fact", "goal", "preference", "boundary")

# What an earlier reply left unread is read with it.
_UNREAD = """
    SELECT message_id, conversation_id, text, language, said_at, reply_id, crisis IS NOT NULL AS dangerous
    FROM coach_system.messages
    WHERE user_ref = $1 AND speaker = 'person' AND remembered_by IS NULL AND set_aside_at IS NULL
        AND said_at <= (SELECT max(said_at) FROM coach_system.messages WHERE reply_id = $3::text::uuid)
    ORDER BY said_at, message_id LIMIT $2
"""

# The latest answer of an open session may still be edited.
_UNREAD_ANSWERS = """
    SELECT answer_id, answered_at, language, crisis IS NOT NULL AS dangerous
    FROM onboarding_system.answers a JOIN onboarding_system.sessions s USING (session_id)
    WHERE a.user_ref = $1 AND remembered_by IS NULL AND set_aside_at IS NULL AND (
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

_SAID_IN = "SELECT conversation_id FROM coach_system.messages WHERE reply_id = $1::text::uuid LIMIT 1"

_SAID_NOW = """
    SELECT message_id, text FROM coach_system.messages
    WHERE user_ref = $1 AND reply_id = $2::text::uuid AND speaker = 'person' AND remembered_by IS NULL
        AND crisis IS NULL AND set_aside_at IS NULL
    ORDER BY said_at, message_id LIMIT 1
"""


class _Told(NamedTuple):
    """A message or an answer that nobody has read for what is to be remembered."""

    text: str
    at: datetime
    asked: str
    """What it answers."""
    about: str
    """The id under which its reading is booked."""
    dangerous: bool
    """Whether it speaks of danger. Of such words, only what they want left alone is kept, and no model reads them."""


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
        wishes: Callable[[str], Awaitable[Sequence[ShownWish]]],
        companies: Sequence[str],
    ) -> None:
        self._pool = pool
        self._answers = answers
        self._columns = columns
        self._memories = memories
        self._mind = mind
        self._wishes = wishes
        self._companies = companies
        """Those whose models read what is to be remembered."""
        self._extractors = extractors

    @activity.defn(name="coaching.remember")
    async def remember(self, words: WordsToRemember) -> Remembered:
        changed = await self._remember_answers(words)
        rows = await self._pool.fetch(_UNREAD, words.user_ref, _MOST_AT_ONCE, words.reply_id) if words.reply_id else []
        for row in rows:
            text = await self._columns.open(row["text"], SAID, row) or ""
            asked = await self._asked(row)
            told = _Told(text, row["said_at"], asked, about=str(row["reply_id"]), dangerous=row["dangerous"])
            changed += await self._remember(words, row["message_id"], told)
        # Also where all of it was read by an attempt that ended before it came to this.
        said_in = await self._pool.fetchval(_SAID_IN, words.reply_id) if words.reply_id else None
        for conversation in {said_in, *(row["conversation_id"] for row in rows)} - {None}:
            await self._mind.sum_up(words.user_ref, conversation)
        return Remembered(changes=changed)

    async def _remember_answers(self, words: WordsToRemember) -> int:
        """Reads what was told in sessions, as soon as there is a talk that may rest on it."""
        changed = 0
        for row in await self._pool.fetch(_UNREAD_ANSWERS, words.user_ref, _MOST_AT_ONCE):
            answer = await self._answers.in_context(str(row["answer_id"]), words.locale)
            about = str(row["answer_id"])
            told = _Told(answer.text, row["answered_at"], answer.question, about, dangerous=row["dangerous"])
            changed += await self._remember(words, row["answer_id"], told)
        return changed

    async def _remember(self, words: WordsToRemember, told_in: UUID, told: _Told) -> int:
        extractor = served(self._extractors, Tier.OFFLINE if told.dangerous else words.tier)
        changes = await self._changes(words, told, extractor)
        if told.dangerous:
            changes = [change for change in changes if change.action == "add" and change.kind == "boundary"]
        read_by, dangerous = extractor.extractor, told.dangerous
        return await self._memories.apply(words.user_ref, told_in, changes, read_by, dangerous=dangerous)

    async def _changes(self, words: WordsToRemember, said: _Told, extractor: MemoryExtractor) -> list[Change]:
        kept = await self._memories.of(words.user_ref, vectors=True)
        near = await nearest(said.text, said.at, words.locale, kept, self._memories.meanings)
        last = kept[0].told_in if kept else None
        chosen = list({memory.memory_id: memory for memory in [*_latest(kept, last), *near]}.values())[:MOST_KNOWN]
        told = ToldMessage(
            reply_id=said.about,
            locale=words.locale,
            text=said.text,
            said_on=said.at.date(),
            asked=said.asked,
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
        kept = sorted(await self._memories.of(task.user_ref), key=lambda memory: _ORDER.index(memory.kind))
        pages = max(1, -(-len(kept) // ON_A_PAGE))
        page = min(max(task.page, 0), pages - 1)
        return MemoryPage(
            memories=[_shown(memory) for memory in kept[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]],
            page=page,
            pages=pages,
            wishes=[ShownWish(wish=wish.wish, quote=wish.quote) for wish in await self._wishes(task.user_ref)]
            if page == 0
            else [],
            offline=not set(self._companies) & set(await companies_agreed_to(self._pool, task.user_ref)),
        )

    @activity.defn(name="coaching.open_memory")
    async def open_memory(self, ref: MemoryRef) -> OpenMemory:
        locale = await self._pool.fetchval(
            "SELECT locale FROM onboarding_system.people WHERE user_ref = $1", ref.user_ref
        )
        memory = await self._holding(ref.user_ref, ref.memory_id)
        return OpenMemory(text=memory and memory.text, locale=locale)

    @activity.defn(name="coaching.correct_memory")
    async def correct_memory(self, correction: MemoryCorrection) -> Remembered:
        row = await self._pool.fetchrow(_SAID_NOW, correction.user_ref, correction.reply_id)
        memory = await self._holding(correction.user_ref, correction.memory_id)
        text = await self._columns.open(row["text"], SAID, row) if row else None
        if row is None or memory is None or not text or len(text) > LONGEST_MEMORY or text.rstrip().endswith("?"):
            return Remembered(changes=0)
        change = Change(
            action="supersede",
            memory_id=memory.memory_id,
            kind=memory.kind,
            text=" ".join(text.split()),
            quote=text,
            confidence=1.0,
        )
        changes = await self._memories.apply(correction.user_ref, row["message_id"], [change], _BY_PERSON)
        return Remembered(changes=changes)

    async def _holding(self, user_ref: str, memory_id: str) -> Kept | None:
        """A memory that holds still."""
        return next((each for each in await self._memories.of(user_ref) if each.memory_id == memory_id), None)


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
        if change.text and (is_planted(change.quote, told.text) or is_planted(change.text, told.text)):
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
