"""Connects a terminal to one person's session and coach. Calls are retried until Temporal acknowledges them."""

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
from gateway.clients.onboarding import Hearer, OnboardingClient
from gateway.clients.outage import NOT_LET_IN, is_outage
from gateway.clients.visitor import Running, SendSignal, SignalInput
from gateway.terminal.outbound.screen import Screen
from schema.channel_queues import terminal_queue
from schema.coaching.agreements import HoursAwake, StepAct
from schema.coaching.marks import ReplyMark
from schema.coaching.messages import (
    ArrivedAtCoach,
    CoachLanguage,
    MarkedReply,
    MemoryToCorrect,
    NewTopic,
    SaidToCoach,
)
from schema.onboarding.messages import SessionOutcome
from schema.onboarding.names import SESSION_ID
from schema.person import Channel
from schema.profile.layers import ValueName
from schema.profile.messages import View
from schema.safety.messages import Overheard, SafetyAnswer
from schema.vocabulary import CrisisKind, Locale

T = TypeVar("T")

TRY_AGAIN = 0.5
"""Seconds between attempts while Temporal is away. The SDK's client also retries each attempt for some seconds."""
SCREENED_AT_ONCE = 100_000
"""How many characters one screening request carries; Temporal refuses requests over 2 MB."""
_SENTENCE = 1_000
CHECK_SERVERS_EVERY = 1.0
"""Seconds between checks that the embedded servers are alive."""


@dataclass(frozen=True)
class Visitor:
    """The person at this terminal."""

    name: str
    """Personal: only for payloads, never for logs or ids."""
    user_ref: str
    locale: Locale
    """The language to use until the person chooses one."""

    @property
    def channel(self) -> Channel:
        """The task queue and address that a session delivers to."""
        return Channel(task_queue=terminal_queue(self.user_ref), address=self.name)

    @property
    def session_id(self) -> str:
        """The workflow id of the person's session."""
        return SESSION_ID.of(self.user_ref)


class SessionLink:
    """The clients of one person, with retries while Temporal is away.

    `revive` restarts embedded servers that died. It is called every second and must be cheap while they run.
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
        """Opens the person's session, or signals the open one that they are back."""
        return await self._until_acknowledged(lambda: self._clients.onboarding.arrive(self.visitor))

    async def outcome(self, session: Running[SessionOutcome]) -> SessionOutcome:
        """Waits until the session ends. Raises `WorkflowFailureError` when it was terminated."""
        return await self._until_acknowledged(session.result)

    async def signal(self, send: SendSignal[SignalInput], argument: SignalInput) -> bool:
        """Signals the session. Returns False when it has ended."""
        return await self._until_acknowledged(lambda: send(self.visitor, argument))

    async def is_open(self) -> bool:
        """Returns whether the person has an open session."""
        return await self._until_acknowledged(lambda: self._clients.onboarding.is_open(self.visitor))

    async def hearer(self) -> Hearer:
        """Returns who hears a text that belongs to no question in particular."""
        return await self._until_acknowledged(lambda: self._clients.onboarding.hearer(self.visitor))

    async def tell_coach(self, text: str, locale: Locale, hearer: Hearer = Hearer.COACH) -> None:
        """Sends a text to the coach, who replies later."""
        # One id for all attempts to send, so that the coach hears it once.
        said = SaidToCoach(
            update_id=str(uuid.uuid4()),
            text=text,
            channel=self.visitor.channel,
            locale=locale,
            after_time_out=hearer is Hearer.COACH_AFTER_TIME_OUT,
        )
        await self._until_acknowledged(lambda: self._clients.coaching.say(self.visitor, said))

    async def is_welcomed(self) -> bool:
        """Has the coach greet the person. Returns False for who has not come to the end of a session yet."""
        arrived = ArrivedAtCoach(channel=self.visitor.channel)
        return await self._until_acknowledged(lambda: self._clients.coaching.welcome(self.visitor, arrived))

    async def mark(self, reply_id: uuid.UUID, mark: ReplyMark, locale: Locale) -> None:
        """Says something about a reply of the coach, who answers it later."""
        marked = MarkedReply(
            update_id=str(uuid.uuid4()), reply_id=reply_id, mark=mark, channel=self.visitor.channel, locale=locale
        )
        await self._until_acknowledged(lambda: self._clients.coaching.mark(self.visitor, marked))

    async def begin_topic(self, locale: Locale) -> None:
        """Begins another conversation with the coach, who says so later."""
        topic = NewTopic(update_id=str(uuid.uuid4()), channel=self.visitor.channel, locale=locale)
        await self._until_acknowledged(lambda: self._clients.coaching.begin_topic(self.visitor, topic))

    async def act_on_step(self, agreement_id: str, act: StepAct, locale: Locale) -> None:
        """Does something with a step; what became of it is shown later."""
        visitor, update_id = replace(self.visitor, locale=locale), str(uuid.uuid4())
        await self._until_acknowledged(
            lambda: self._clients.coaching.act_on_step(visitor, agreement_id, act, update_id)
        )

    async def show_steps(self, locale: Locale) -> None:
        """Shows the open steps and returns after that."""
        update_id = str(uuid.uuid4())
        await self._see(locale, lambda visitor: self._clients.coaching.show_steps(visitor, update_id))

    async def show_memories(self, locale: Locale, *, page: int = 0, forget: str | None = None) -> None:
        """Shows a page of what is remembered, after `forget` is forgotten. Returns after that."""
        update_id, gone = str(uuid.uuid4()), uuid.UUID(forget) if forget else None
        await self._see(
            locale,
            lambda visitor: self._clients.coaching.show_memories(visitor, update_id, page=page, forget=gone),
        )

    async def correct_memory(self, memory_id: str | None, locale: Locale) -> None:
        """Begins to put a memory right, or leaves it as it is when None. The coach asks later what is true."""
        tap = MemoryToCorrect(
            update_id=str(uuid.uuid4()),
            memory_id=uuid.UUID(memory_id) if memory_id else None,
            channel=self.visitor.channel,
            locale=locale,
        )
        await self._until_acknowledged(lambda: self._clients.coaching.correct_memory(self.visitor, tap))

    async def deny_insight(self, insight_id: str, locale: Locale) -> None:
        """Takes it that an insight is not true. Returns after it was said."""
        update_id = str(uuid.uuid4())
        await self._see(locale, lambda visitor: self._clients.coaching.deny_insight(visitor, insight_id, update_id))

    async def set_contact(
        self,
        locale: Locale,
        *,
        toggle_quiet: bool = False,
        time_zone: str | None = None,
        hours: HoursAwake | None = None,
    ) -> None:
        """Changes when the person is written to unasked. Returns after it was said."""
        update_id = str(uuid.uuid4())
        await self._see(
            locale,
            lambda visitor: self._clients.coaching.set_contact(
                visitor, update_id, toggle_quiet=toggle_quiet, time_zone=time_zone, hours=hours
            ),
        )

    async def answer_safety(self, answer: SafetyAnswer, locale: Locale) -> None:
        """Tells the session what the person says of their safety; without one, the workflow that listens outside."""
        if not await self.signal(self._clients.onboarding.answer_safety, answer):
            visitor = replace(self.visitor, locale=locale)
            await self._until_acknowledged(lambda: self._clients.safety.answer_safety(visitor, answer))

    async def screen_text(self, text: str, locale: Locale) -> None:
        """Screens a text outside the session for a crisis. Returns after support has been shown, if it is one."""
        visitor = replace(self.visitor, locale=locale)
        for start in range(0, len(text), SCREENED_AT_ONCE):
            # Pieces overlap by a sentence, so that each sentence is screened whole.
            piece = text[start : start + SCREENED_AT_ONCE + _SENTENCE]
            words = Overheard(text=piece, update_id=str(uuid.uuid4()))
            screening = await self._until_acknowledged(partial(self._clients.safety.screen_text, visitor, words))
            # Fails when the support could not be shown; operators see the failed workflow.
            with suppress(WorkflowFailureError):
                await self._until_acknowledged(screening.result)

    async def remember_language(self, locale: Locale) -> None:
        """Stores the language for the next session."""
        visitor = replace(self.visitor, locale=locale)
        await self._until_acknowledged(lambda: self._clients.account.remember_language(visitor))

    async def tell_coach_language(self, locale: Locale) -> None:
        """Tells the coach the language, if it is awake."""
        choice = CoachLanguage(locale=locale)
        await self._until_acknowledged(lambda: self._clients.coaching.choose_language(self.visitor, choice))

    async def show_profile(self, locale: Locale, view: View) -> None:
        """Shows the profile and returns after that."""
        await self._see(locale, lambda visitor: self._clients.profile.show_profile(visitor, view))

    async def why(self, value: ValueName, locale: Locale) -> None:
        """Shows the person's own words behind a value and returns after that."""
        await self._see(locale, lambda visitor: self._clients.profile.why(visitor, value))

    async def deny(self, value: ValueName, locale: Locale) -> None:
        """Says that a value is not the person. Returns after it was thanked for."""
        await self._see(locale, lambda visitor: self._clients.profile.deny(visitor, value))

    async def find(self, words: str, locale: Locale) -> None:
        """Shows what the person once said that is near to these words, and returns after that."""
        # One id for all attempts, so that it is searched once.
        search = uuid.uuid4().hex
        await self._see(locale, lambda visitor: self._clients.profile.find(visitor, words, search))

    async def erase(self, locale: Locale) -> Running[None]:
        """Begins to erase all that is kept about the person."""
        visitor = replace(self.visitor, locale=locale)
        return await self._until_acknowledged(lambda: self._clients.account.erase(visitor))

    async def told_of_end(self, erasure: Running[None]) -> None:
        """Waits until all is erased and the person was told. Raises `WorkflowFailureError`."""
        await self._until_acknowledged(erasure.result)

    async def object_to(self, answer_id: str, locale: Locale) -> None:
        """Says that the reflection on this answer missed. Returns after it was thanked for."""
        await self._see(locale, lambda visitor: self._clients.profile.object_to(visitor, uuid.UUID(answer_id)))

    @property
    def onboarding(self) -> OnboardingClient:
        """The client whose methods `signal` takes."""
        return self._clients.onboarding

    def find_crisis(self, text: str) -> CrisisKind | None:
        """Returns the crisis that local rules find in a text. Needs no server."""
        return self._clients.safety.find_crisis(text)

    async def keep_servers_alive(self) -> None:
        """Restarts the servers whenever they are gone, until cancelled."""
        while True:
            await self._revive()
            await asyncio.sleep(CHECK_SERVERS_EVERY)

    async def _see(self, locale: Locale, start: Callable[[Visitor], Awaitable[Running[None]]]) -> None:
        """Starts a workflow in this language and waits for its end. Raises `WorkflowFailureError`."""
        visitor = replace(self.visitor, locale=locale)
        running = await self._until_acknowledged(lambda: start(visitor))
        await self._until_acknowledged(running.result)

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
