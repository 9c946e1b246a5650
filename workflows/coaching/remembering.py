"""Remembers what the person said, in the background: the next text is heard meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow

from schema.coaching.activities import MemoryStore, WordsToRemember
from schema.coaching.activities import Remembering as RememberingPort
from schema.person import PersonRef
from schema.public import Public
from schema.vocabulary import Locale
from workflows import policies
from workflows.coaching.state import CoachState

_SETTLES_WITHIN = timedelta(seconds=4)


class Remembering:
    """What is being remembered in one conversation: one reply's words at a time."""

    def __init__(self, state: CoachState) -> None:
        self._state = state
        self._running: asyncio.Task[None] | None = None
        self._caught_up = False

    def catch_up(self) -> None:
        """Begins to remember what the person told in sessions, once in a run: the first reply may rest on it."""
        if not self._caught_up:
            self._caught_up = True
            words = WordsToRemember(user_ref=self._state.user_ref, locale=self._state.locale or Locale.RU)
            self._running = asyncio.create_task(self._remember(self._running, words, "the sessions"))

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

    async def drain(self) -> None:
        """Waits until all is remembered: before the run ends."""
        if self._running:
            await self._running

    async def reflect(self) -> None:
        """Rebuilds what is always in mind."""
        await self.drain()
        self._state.thinks = False
        ref = PersonRef(user_ref=self._state.user_ref)
        await policies.DATABASE.run(MemoryStore.reflect, ref, summary="Think it over")

    @staticmethod
    async def _remember(before: asyncio.Task[None] | None, words: WordsToRemember, label: str) -> None:
        if before:
            await before
        await policies.DATABASE.run(RememberingPort.remember, words, summary=f"Remember: {label}")
