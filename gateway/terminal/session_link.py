"""The way from a terminal to one person's session: what is said is said until Temporal has it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from gateway.terminal.screen import Screen
from schema.session import (
    Arrival,
    Channel,
    ConsentAnswer,
    LanguageChoice,
    SessionOutcome,
    SessionSettings,
    ShowProfileRequest,
    SkipRequest,
    StartSession,
    SubmittedAnswer,
)
from schema.vocabulary import Locale
from workflows.onboarding.session import OnboardingSession
from workflows.profile.show import ShowProfile
from workflows.queues import ONBOARDING

T = TypeVar("T")

Signal = ConsentAnswer | SubmittedAnswer | SkipRequest | LanguageChoice

TRY_AGAIN = 0.5
"""Seconds between attempts while Temporal is away; each attempt is retried by the client for some seconds itself."""
LOOK_AFTER = 1.0
"""Seconds between two looks at whether the servers that are ours to look after are alive."""

# An answer that no other attempt will change; everything else is an outage.
_FINAL = (
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.ALREADY_EXISTS,
    RPCStatusCode.INVALID_ARGUMENT,
    RPCStatusCode.FAILED_PRECONDITION,
    RPCStatusCode.PERMISSION_DENIED,
    RPCStatusCode.UNAUTHENTICATED,
)


@dataclass(frozen=True)
class Visitor:
    """Who sits at this terminal."""

    name: str
    """Personal: only ever inside payloads."""
    user_ref: str
    locale: Locale
    """The language of somebody who has not chosen one yet."""

    @property
    def channel(self) -> Channel:
        """How a session reaches this terminal."""
        return Channel(task_queue=f"terminal-{self.user_ref}", address=self.name)

    @property
    def session_id(self) -> str:
        """The workflow id of the person's session."""
        return f"onboarding-{self.user_ref}"


class SessionLink:
    """One person's session, as their terminal reaches it.

    `revive` brings back servers that are the terminal's own to look after; it is called every second, so it is cheap
    while they are alive.
    """

    def __init__(
        self,
        client: Client,
        visitor: Visitor,
        screen: Screen,
        *,
        revive: Callable[[], Awaitable[object]],
        task_timeout: timedelta,
        settings: SessionSettings,
    ) -> None:
        self.visitor = visitor
        self._client = client
        self._screen = screen
        self._revive = revive
        self._task_timeout = task_timeout
        self._settings = settings
        self._away = False

    async def arrive(self) -> WorkflowHandle[OnboardingSession, SessionOutcome]:
        """Opens the person's session, or comes back to the one that is open."""
        visitor = self.visitor
        return await self._until_acknowledged(
            lambda: self._client.start_workflow(
                OnboardingSession.run,
                StartSession(
                    user_ref=visitor.user_ref, channel=visitor.channel, locale=visitor.locale, settings=self._settings
                ),
                id=visitor.session_id,
                task_queue=ONBOARDING,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                start_signal="arrive",
                start_signal_args=[Arrival(channel=visitor.channel)],
                static_summary="Onboarding in a terminal",
                task_timeout=self._task_timeout,
            )
        )

    async def outcome(self, session: WorkflowHandle[OnboardingSession, SessionOutcome]) -> SessionOutcome:
        """How the session ended, once it has. Raises `WorkflowFailureError` when it was cut off."""
        return await self._until_acknowledged(session.result)

    async def tell(self, signal: str, said: Signal | None = None) -> None:
        """Sends a signal. A session that has ended takes none; its outcome says so."""
        handle = self._client.get_workflow_handle(self.visitor.session_id)
        args = [] if said is None else [said]
        try:
            await self._until_acknowledged(lambda: handle.signal(signal, args=args))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def show_profile(self, locale: Locale) -> None:
        """Has the profile shown; returns when it has been."""
        visitor = self.visitor
        shown = await self._until_acknowledged(
            lambda: self._client.start_workflow(
                ShowProfile.run,
                ShowProfileRequest(user_ref=visitor.user_ref, channel=visitor.channel, locale=locale),
                id=f"profile-{visitor.user_ref}",
                task_queue=ONBOARDING,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary="Profile in a terminal",
                task_timeout=self._task_timeout,
            )
        )
        await self._until_acknowledged(shown.result)

    async def look_after_servers(self) -> None:
        """Brings the servers back whenever they are gone, until it is cancelled."""
        while True:
            await self._revive()
            await asyncio.sleep(LOOK_AFTER)

    async def _until_acknowledged(self, call: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                result = await call()
            except RPCError as error:
                if error.status in _FINAL:
                    raise
                self._lost()
                await asyncio.sleep(TRY_AGAIN)
            else:
                self._found()
                return result

    def _lost(self) -> None:
        if not self._away:
            self._away = True
            self._screen.say("connection-lost")

    def _found(self) -> None:
        if self._away:
            self._away = False
            self._screen.say("connection-back")
