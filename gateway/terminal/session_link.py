"""The way from a terminal to one person's session: what is said is said until Temporal has it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError

from gateway.clients.clients import Clients
from gateway.clients.onboarding import OnboardingClient
from gateway.clients.outage import NOT_LET_IN, is_outage
from gateway.clients.visitor import Running, Said, Tell
from gateway.terminal.outbound.screen import Screen
from schema.channels import terminal_queue
from schema.onboarding.messages import SessionOutcome
from schema.onboarding.names import SESSION_ID
from schema.person import Channel
from schema.safety.messages import Overheard
from schema.vocabulary import CrisisKind, Locale

T = TypeVar("T")

TRY_AGAIN = 0.5
"""Seconds between attempts while Temporal is away; each attempt is retried by the client for some seconds itself."""
HEARD_AT_ONCE = 100_000
"""Characters that one request carries; Temporal refuses it over 2 MB."""
_SENTENCE = 1_000
LOOK_AFTER = 1.0
"""Seconds between two looks at whether the servers that are ours to look after are alive."""


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
        return Channel(task_queue=terminal_queue(self.user_ref), address=self.name)

    @property
    def session_id(self) -> str:
        """The workflow id of the person's session."""
        return SESSION_ID.of(self.user_ref)


class SessionLink:
    """One person's session, as their terminal reaches it.

    `revive` brings back servers that are the terminal's own to look after; it is called every second, so it is cheap
    while they are alive.
    """

    def __init__(
        self,
        clients: Clients,
        visitor: Visitor,
        screen: Screen,
        *,
        revive: Callable[[], Awaitable[object]],
    ) -> None:
        self.visitor = visitor
        self._clients = clients
        self._screen = screen
        self._revive = revive
        self._away = False

    async def arrive(self) -> Running[SessionOutcome]:
        """Opens the person's session, or comes back to the one that is open."""
        return await self._until_acknowledged(lambda: self._clients.onboarding.arrive(self.visitor))

    async def outcome(self, session: Running[SessionOutcome]) -> SessionOutcome:
        """How the session ended, once it has. Raises `WorkflowFailureError` when it was cut off."""
        return await self._until_acknowledged(session.result)

    async def tell(self, tell: Tell[Said], said: Said) -> bool:
        """Tells the session something. False when the session has ended and takes none."""
        return await self._until_acknowledged(lambda: tell(self.visitor, said))

    async def overhear(self, text: str, locale: Locale) -> None:
        """Has words heard for a crisis that no session takes; returns when support has been shown, should it be one."""
        visitor = replace(self.visitor, locale=locale)
        for start in range(0, len(text), HEARD_AT_ONCE):
            # Each piece goes on for a sentence, so that none is heard in halves only.
            piece = text[start : start + HEARD_AT_ONCE + _SENTENCE]
            words = Overheard(text=piece, update_id=str(uuid.uuid4()))
            heard = await self._until_acknowledged(partial(self._clients.safety.overhear, visitor, words))
            # It fails when nothing could be shown here; operators see that.
            with suppress(WorkflowFailureError):
                await self._until_acknowledged(heard.result)

    async def remember_language(self, locale: Locale) -> None:
        """Keeps a language for the next session."""
        visitor = replace(self.visitor, locale=locale)
        await self._until_acknowledged(lambda: self._clients.account.remember_language(visitor))

    async def show_profile(self, locale: Locale) -> None:
        """Has the profile shown; returns when it has been."""
        visitor = replace(self.visitor, locale=locale)
        shown = await self._until_acknowledged(lambda: self._clients.profile.show_profile(visitor))
        await self._until_acknowledged(shown.result)

    @property
    def onboarding(self) -> OnboardingClient:
        """How the session is told something."""
        return self._clients.onboarding

    def danger_in(self, text: str) -> CrisisKind | None:
        """What local rules read in words that nobody else can be asked about."""
        return self._clients.safety.danger_in(text)

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
                if not is_outage(error) or error.status in NOT_LET_IN:
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
