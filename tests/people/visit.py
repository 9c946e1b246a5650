"""People of tests who sit down at a terminal, with a real session behind it."""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from rich.console import Console
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from gateway.clients.temporal.clients import temporal_clients
from gateway.terminal.conversation import Conversation
from gateway.terminal.inbound.keyboard import Keyboard, Line, PipedKeyboard
from gateway.terminal.outbound.screen import Screen
from gateway.terminal.session_link import SessionLink, Visitor
from schema.onboarding.messages import SessionOutcome, SessionProgress, SessionSettings
from schema.vocabulary import Locale
from workflows.onboarding.session import OnboardingSession

PATIENCE = 20.0
"""Seconds in which a whole conversation is over, on a busy machine."""


class Visit:
    """One person, who may sit down at a terminal several times."""

    def __init__(self, env: WorkflowEnvironment, locale: Locale = Locale.EN, **settings: object) -> None:
        self._env = env
        self._settings = SessionSettings.model_validate(settings)
        self.visitor = Visitor("me", uuid.uuid4().hex[:16], locale)
        self.leaving = asyncio.Event()
        self.sits_down()

    @property
    def seen(self) -> str:
        """All that stands on the person's screen."""
        return self.screen.console.export_text(clear=False)

    @property
    def session(self) -> WorkflowHandle[OnboardingSession, SessionOutcome]:
        """The session behind the screen."""
        return self._env.client.get_workflow_handle_for(OnboardingSession.run, self.visitor.session_id)

    async def pipes(self, *lines: str) -> SessionOutcome | None:
        """Sits down and pipes lines into the conversation."""
        self.sits_down()
        return await self.converses(PipedKeyboard(self.screen, iter(lines)))

    async def converses(self, keyboard: Keyboard, *, with_coach: bool = True) -> SessionOutcome | None:
        """Has a conversation with a keyboard for this screen; without the coach, it is over when the session is."""
        link = SessionLink(
            temporal_clients(
                self._env.client,
                place="in a terminal",
                task_timeout=timedelta(seconds=2),
                settings=self._settings,
            ),
            self.visitor,
            self.screen,
            revive=_nothing_to_revive,
        )
        conversation = Conversation(link, self.screen, keyboard, with_coach=with_coach)
        with suppress(RPCError):
            # People come back after the session has heard that its last message was shown; at first there is none.
            await self.progress()
        # A session's clock only moves when a test moves it, else it would race to its own timeout.
        with self._env.with_time_skipping_disabled():
            return await asyncio.wait_for(conversation.hold(self._env.client, self.leaving), PATIENCE)

    async def progress(self) -> SessionProgress:
        """What operators see of the session."""
        return await self.session.query(OnboardingSession.progress)

    def sits_down(self) -> None:
        """Sees an empty screen."""
        console = Console(record=True, width=80, file=io.StringIO(), highlight=False)
        self.screen = Screen(console, self.visitor.locale)


async def _nothing_to_revive() -> None:
    pass


class Hasty:
    """Somebody who types by themselves when they like: lines, and between them what they wait for on the screen."""

    def __init__(self, person: Visit, *typed: Line | str) -> None:
        self._person = person
        self._typed = iter(typed)

    async def line(self) -> Line | None:
        for typed in self._typed:
            if isinstance(typed, Line):
                return typed
            while typed not in joined(self._person.seen):
                await asyncio.sleep(0.01)
            # Answered only after the session has heard that its last message was shown.
            await self._person.progress()
        return None

    def unread_lines(self) -> list[str]:
        return []


def joined(text: str) -> str:
    """A screen's words without its frames and line ends."""
    return " ".join(text.replace("│", " ").split())


def in_order(text: str, parts: Sequence[str]) -> bool:
    """Whether the parts come one after the other."""
    at = 0
    for part in parts:
        at = text.find(part, at) + 1
        if not at:
            return False
    return True
