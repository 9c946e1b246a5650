"""Remembers what the person said, in the background: the next text is heard meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow

from schema.analysis.routing import ModelRef
from schema.coaching.activities import MemoryCorrection, MemoryRef, MemoryStore, WordsToRemember
from schema.coaching.activities import Remembering as RememberingPort
from schema.coaching.deliveries import MemoryQuestion
from schema.coaching.insights import InsightSettings
from schema.deliveries import Message, Notice, NoticeCode
from schema.person import PersonRef
from schema.public import Public
from schema.vocabulary import Locale
from workflows import policies
from workflows.coaching.first_reader import by_first_reader
from workflows.coaching.insights import look_for_insight
from workflows.coaching.messenger import CoachMessenger
from workflows.coaching.state import CoachState, Corrected, Tapped

_SETTLES_WITHIN = timedelta(seconds=4)


class Remembering:
    """What is being remembered in one conversation, one reply's words at a time, and put right by the person."""

    def __init__(self, state: CoachState, messenger: CoachMessenger) -> None:
        self._state = state
        self._messenger = messenger
        self._running: asyncio.Task[None] | None = None
        self._caught_up = False
        self._looking: asyncio.Task[None] | None = None

    def catch_up(self) -> None:
        """Begins to remember what the person told in sessions, once in a run: the first reply may rest on it."""
        if not self._caught_up:
            self._caught_up = True
            words = WordsToRemember(user_ref=self._state.user_ref, locale=self._state.locale or Locale.RU)
            self._running = asyncio.create_task(self._remember(self._running, words, "the sessions", []))

    def begin(self, reply_id: str, label: str, readers: Sequence[ModelRef]) -> None:
        """Begins to remember what got this reply, after what is being remembered already."""
        words = WordsToRemember(
            user_ref=self._state.user_ref,
            reply_id=reply_id,
            locale=self._state.locale or Locale.RU,
        )
        self._state.thinks = True
        self._running = asyncio.create_task(self._remember(self._running, words, label, readers))

    async def settle(self) -> None:
        """Waits for what is being remembered, so that the next reply knows it; not for long."""
        if self._running and not self._running.done():
            try:
                await workflow.wait_condition(
                    self._running.done,
                    timeout=_SETTLES_WITHIN,
                    timeout_summary=Public("Until what was said is remembered"),
                )
            except TimeoutError:
                # The reply goes without it.
                return

    @property
    def looks(self) -> bool:
        """Whether an insight is being looked for."""
        return self._looking is not None and not self._looking.done()

    async def drain(self) -> None:
        """Waits until all is remembered and looked for: before the run ends."""
        for task in (self._running, self._looking):
            if task:
                await task

    async def reflect(self, settings: InsightSettings) -> None:
        """Rebuilds what is always in mind, and begins to look for an insight: the next text is heard meanwhile."""
        if self._running:
            await self._running
        self._state.thinks = False
        ref = PersonRef(user_ref=self._state.user_ref)
        await policies.DATABASE.run(MemoryStore.reflect, ref, summary="Think it over")
        if not self.looks:
            locale = self._state.locale or Locale.RU
            self._looking = asyncio.create_task(look_for_insight(self._state.user_ref, locale, settings))

    async def answer_tap(self, tapped: Tapped) -> None:
        """Asks what is true in place of a memory, or leaves all as it is."""
        wanted, said = tapped.tap.memory_id, list[Message]()
        self._state.corrects = None
        if wanted is None:
            said.append(Notice(code=NoticeCode.MEMORY_LEFT))
        else:
            ref = MemoryRef(user_ref=self._state.user_ref, memory_id=str(wanted))
            found = await policies.DATABASE.run(MemoryStore.open_memory, ref, summary="Open a memory")
            if found.locale:
                self._state.known = True
                self._state.speaks(found.locale)
            if found.text:
                self._state.corrects = Corrected(memory_id=str(wanted), at=tapped.at)
                said.append(MemoryQuestion(text=found.text))
            else:
                said.append(Notice(code=NoticeCode.BUTTON_IS_OLD))
        await self._messenger.say(tapped.tap.update_id, *said, summary="Ask what is true")

    async def correct(self, memory_id: str, reply_id: str) -> bool:
        """Puts the words that get this reply in the place of a memory. False if they are nothing of the kind."""
        correction = MemoryCorrection(user_ref=self._state.user_ref, memory_id=memory_id, reply_id=reply_id)
        done = await policies.DATABASE.run(MemoryStore.correct_memory, correction, summary="Put a memory right")
        return done.changes > 0

    @staticmethod
    async def _remember(
        before: asyncio.Task[None] | None, words: WordsToRemember, label: str, readers: Sequence[ModelRef]
    ) -> None:
        if before:
            await before
        remember, by = RememberingPort.remember, policies.MEMORY_READING
        await by_first_reader(readers, remember, words, by, summary=f"Remember: {label}")
