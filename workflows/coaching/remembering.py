"""Remembers what the person said, in the background: the next text is heard meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow

from schema.coaching.activities import MemoryStore, WordsToRemember
from schema.coaching.activities import Remembering as RememberingPort
from schema.coaching.insights import InsightSettings
from schema.person import PersonRef
from schema.public import Public
from schema.vocabulary import Locale
from workflows import policies
from workflows.coaching.insights import look_for_insight
from workflows.coaching.state import CoachState

_SETTLES_WITHIN = timedelta(seconds=4)


class Remembering:
    """What is being remembered in one conversation: one reply's words at a time."""

    def __init__(self, state: CoachState) -> None:
        self._state = state
        self._running: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None

    def begin(self, reply_id: str, label: str) -> None:
        """Begins to remember what got this reply, after what is being remembered already."""
        words = WordsToRemember(
            user_ref=self._state.user_ref,
            reply_id=reply_id,
            locale=self._state.locale or Locale.RU,
            corrects=self._state.corrects,
        )
        self._state.corrects, self._state.thinks = None, True
        self._running = asyncio.create_task(self._remember(self._running, words, label))

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

    @staticmethod
    async def _remember(before: asyncio.Task[None] | None, words: WordsToRemember, label: str) -> None:
        if before:
            await before
        await policies.DATABASE.run(RememberingPort.remember, words, summary=f"Remember what got {label}")
