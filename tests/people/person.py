"""People of tests: they start sessions, answer, tap and read, as persons do, over a channel of their own."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncpg
from temporalio.api.enums.v1 import PendingActivityState, WorkflowExecutionStatus
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError, WorkflowUpdateStage
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, WorkflowEnvironment
from temporalio.worker import Worker

from gateway.clients.clients import Clients
from gateway.clients.temporal.clients import temporal_clients
from gateway.erasures import Erasures
from schema.account.names import ERASE_ID, EXPORT_ID
from schema.danger import SafetyReply
from schema.deliveries import ConsentRequest, Feedback, Message, NoticeCode, Question
from schema.encrypted_columns import MESSAGE
from schema.onboarding.messages import (
    ConsentAnswer,
    EditedAnswer,
    Gesture,
    LanguageChoice,
    OperatorNote,
    SessionOutcome,
    SessionProgress,
    SessionSettings,
    SkipRequest,
    SubmittedAnswer,
)
from schema.onboarding.names import SESSION_ID
from schema.person import Channel, FromPerson
from schema.profile.layers import ValueName
from schema.profile.messages import View
from schema.profile_vocabulary import Theme
from schema.safety.messages import Overheard, SafetyAnswer
from schema.safety.names import LISTENING_ID
from schema.vocabulary import CrisisKind, Locale
from tests.keys import encryption, readable
from tests.people.clocks import Clocks
from tests.people.screens import Screens
from workers.process_encryption import Encryption
from workflows.account.erase import ErasePerson
from workflows.account.export import ExportPerson
from workflows.onboarding.session import OnboardingSession
from workflows.profile.denial import TakeDenial
from workflows.profile.find import FindWords
from workflows.profile.objection import TakeObjection
from workflows.profile.reasons import ShowReasons
from workflows.profile.show import ShowProfile
from workflows.safety.listening import Listening

M = TypeVar("M")


PATIENCE = 30.0
"""Seconds a person of a test waits for a message; on a busy machine a session may need many."""


async def at_rest(workflow: WorkflowHandle[Any, Any], screens: Screens | None = None) -> None:
    """Waits until a workflow has nothing to do before somebody or a clock stirs it; one that is not there rests.

    An activity that has failed waits for its next attempt: it counts as rest; so does a delivery that `screens` hold,
    but not one that nobody holds any more, nor one that has yet to come to them.
    One that took too long, as on a busy machine, is still under way.
    """
    async with asyncio.timeout(PATIENCE):
        while True:
            held = set(screens.held) if screens else set()
            try:
                now = (await workflow.describe()).raw_description
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return
                raise
            if now.workflow_execution_info.status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING:
                return
            # What comes to be held or is let go during the look counts as under way.
            held &= screens.held if screens else held
            run = now.workflow_execution_info.execution.run_id
            busy = any(
                pending.attempt <= 1
                or pending.state != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
                or pending.last_failure.HasField("timeout_failure_info")
                for pending in now.pending_activities
                if (run, pending.activity_id) not in held
            )
            if not now.HasField("pending_workflow_task") and not busy:
                return
            # Looks of a whole table of people at once are most of what the server has to do.
            await asyncio.sleep(0.05)


class Person:
    """One person with a screen."""

    def __init__(self, cast: People, locale: Locale, settings: SessionSettings) -> None:
        self.name = f"person-{uuid.uuid4().hex[:8]}"
        self.user_ref = uuid.uuid4().hex[:16]
        self.locale = locale
        self.unhurried = False
        """Whether they do the next thing only when their session has come to rest after what they see."""
        self.names_questions = True
        """Whether their channel knows to which question they reply; else it numbers their messages."""
        self.seen: list[Message] = []
        self._cast = cast
        self._settings = settings
        self._screen = cast.screens.arrivals.setdefault(self.name, asyncio.Queue())

    @property
    def channel(self) -> Channel:
        """How this person is reached."""
        return Channel(task_queue=self._cast.queue, address=self.name)

    @property
    def reading(self) -> str | None:
        """The question last seen."""
        return next((m.nonce for m in reversed(self.seen) if isinstance(m, Question)), None)

    @property
    def session(self) -> WorkflowHandle[OnboardingSession, SessionOutcome]:
        """The person's session."""
        return self._cast.env.client.get_workflow_handle_for(OnboardingSession.run, SESSION_ID.of(self.user_ref))

    async def starts(self) -> None:
        """Presses /start."""
        with self._cast.clocks.stand_still():
            await self._requests.onboarding.arrive(self)

    async def sees(self, kind: type[M]) -> M:
        """Reads on until a message of this kind."""
        while True:
            try:
                message = await asyncio.wait_for(self._screen.get(), self._cast.patience)
            except TimeoutError:
                so_far = ", ".join(m.kind for m in self.seen) or "nothing"
                raise AssertionError(f"{kind.__name__} never came; seen so far: {so_far}") from None
            self.seen.append(message)
            if isinstance(message, kind):
                if self.unhurried:
                    await at_rest(self.session, self._cast.screens)
                return message

    def glances(self) -> list[Message]:
        """Reads what is on the screen already."""
        while not self._screen.empty():
            self.seen.append(self._screen.get_nowait())
        return self.seen

    async def sees_nothing_more(self) -> bool:
        """Whether the screen is as the person left it, a moment later."""
        await asyncio.sleep(0.3)
        return self._screen.empty()

    async def begins(self) -> Question:
        """Presses /start, agrees, and sees the first question."""
        await self.starts()
        await self.sees(ConsentRequest)
        await self.agrees()
        return await self.sees(Question)

    async def agrees(self) -> None:
        """Consents."""
        await self.session.signal(OnboardingSession.answer_consent, ConsentAnswer(granted=True))

    async def declines(self) -> None:
        """Declines consent."""
        await self.session.signal(OnboardingSession.answer_consent, ConsentAnswer(granted=False))

    async def says(
        self,
        text: str,
        *,
        update_id: str | None = None,
        nonce: str | None = None,
        message_id: str | None = None,
        more_expected: bool = False,
        chosen: bool = False,
    ) -> str:
        """Sends a text, or chooses one, and does not wait; returns its update id.

        It is meant for the question last read.
        """
        if self.names_questions:
            nonce = nonce or self.reading
        else:
            message_id = message_id or self._cast.screens.number()
        said = SubmittedAnswer(
            update_id=update_id or uuid.uuid4().hex,
            text=text,
            nonce=nonce,
            message_id=message_id,
            more_expected=more_expected,
            chosen=chosen,
        )
        await self.session.signal(OnboardingSession.submit_answer, said)
        return said.update_id

    async def edits(self, message_id: str, text: str) -> None:
        """Changes a message sent before."""
        await self.does("edit_answer", EditedAnswer(update_id=uuid.uuid4().hex, message_id=message_id, text=text))

    async def does(self, signal: str, said: FromPerson) -> None:
        """Sends a signal as a channel would."""
        await self.session.signal(signal, said)

    async def is_steered(self, update: Any, note: OperatorNote) -> None:
        """An operator updates the session, and does not wait for what comes of it; it may refuse."""
        with suppress(WorkflowUpdateFailedError, RPCError):
            await self.session.start_update(update, note, wait_for_stage=WorkflowUpdateStage.ACCEPTED)

    def number(self) -> str:
        """The id of the person's next message."""
        return self._cast.screens.number()

    async def answers(self, text: str) -> Question:
        """Sends a text and reads up to the next question."""
        await self.says(text)
        return await self.sees(Question)

    async def skips(self, nonce: str | None = None) -> None:
        """Asks for another question."""
        await self.session.signal(OnboardingSession.skip, SkipRequest(nonce=nonce or self.reading))

    async def taps(self, answer: SafetyReply, nonce: str | None = None, crisis: CrisisKind | None = None) -> None:
        """Says whether they are safe."""
        said = SafetyAnswer(update_id=uuid.uuid4().hex, answer=answer, nonce=nonce, crisis=crisis)
        await self.session.signal(OnboardingSession.answer_safety, said)

    async def taps_outside(self, answer: SafetyReply, crisis: CrisisKind) -> None:
        """Says without a session whether they are safe."""
        said = SafetyAnswer(update_id=uuid.uuid4().hex, answer=answer, nonce="outside", crisis=crisis)
        await self._requests.safety.answer_safety(self, said)

    async def pauses(self) -> None:
        """Takes a rest."""
        await self.session.signal(OnboardingSession.pause, Gesture())

    async def resumes(self) -> None:
        """Goes on."""
        await self.session.signal(OnboardingSession.resume)

    async def stops(self) -> None:
        """Has had enough."""
        await self.session.signal(OnboardingSession.stop)

    async def chooses(self, locale: Locale) -> None:
        """Chooses a language."""
        await self.session.signal(OnboardingSession.choose_language, LanguageChoice(locale=locale))

    async def is_overheard(
        self,
        text: str,
        *,
        otherwise: NoticeCode = NoticeCode.NO_COACH_YET,
        by_others: bool = False,
        more_expected: bool = False,
    ) -> WorkflowHandle[Listening, None]:
        """Writes while no session is open, or passes on what others wrote."""
        with self._cast.clocks.stand_still():
            words = Overheard(
                text=text,
                otherwise=otherwise,
                by_others=by_others,
                more_expected=more_expected,
                update_id=uuid.uuid4().hex,
            )
            await self._requests.safety.screen_text(self, words)
        return self._cast.env.client.get_workflow_handle_for(Listening.run, LISTENING_ID.of(self.user_ref))

    async def asks_for_profile(
        self, view: View = "card", *, theme: Theme = Theme.LIGHT
    ) -> WorkflowHandle[ShowProfile, None]:
        """Sends /profile, /insights, /evolution or /why."""
        with self._cast.clocks.stand_still():
            shown = await self._requests.profile.show_profile(self, view, theme=theme)
        assert isinstance(shown, WorkflowHandle)
        return shown

    async def asks_why(self, value: ValueName) -> WorkflowHandle[ShowReasons, None]:
        """Asks why a value of the profile stands."""
        with self._cast.clocks.stand_still():
            shown = await self._requests.profile.why(self, value, uuid.uuid4().hex)
        assert isinstance(shown, WorkflowHandle)
        return shown

    async def denies(self, value: ValueName) -> WorkflowHandle[TakeDenial, None]:
        """Says that a value is not them."""
        with self._cast.clocks.stand_still():
            taken = await self._requests.profile.deny(self, value, uuid.uuid4().hex)
        assert isinstance(taken, WorkflowHandle)
        return taken

    async def looks_for(self, query: str) -> WorkflowHandle[FindWords, None]:
        """Sends /find."""
        with self._cast.clocks.stand_still():
            found = await self._requests.profile.find(self, query)
        assert isinstance(found, WorkflowHandle)
        return found

    async def is_indexed(self, answers: int) -> None:
        """Waits until so many of the person's answers have a vector, and nothing of them waits."""
        async with asyncio.timeout(PATIENCE):
            while not await self._cast.pool.fetchval(
                "SELECT count(collection) = $2 AND count(waits_since) = 0 FROM profiles_store.indexed_answers"
                " WHERE user_ref = $1",
                self.user_ref,
                answers,
            ):
                await asyncio.sleep(0.05)

    async def objects_to(self, reflection: Feedback) -> WorkflowHandle[TakeObjection, None]:
        """Says that a reflection missed."""
        assert reflection.answer_id
        with self._cast.clocks.stand_still():
            taken = await self._requests.profile.object_to(self, uuid.UUID(reflection.answer_id), uuid.uuid4().hex)
        assert isinstance(taken, WorkflowHandle)
        return taken

    async def asks_for_export(self) -> WorkflowHandle[ExportPerson, None]:
        """Sends /export."""
        with self._cast.clocks.stand_still():
            await self._requests.account.export(self)
        return self._cast.env.client.get_workflow_handle_for(ExportPerson.run, EXPORT_ID.of(self.user_ref))

    async def asks_to_be_erased(
        self, asked_at: datetime | None = None, update_id: str | None = None
    ) -> WorkflowHandle[ErasePerson, None]:
        """Has said twice that all of it is to go."""
        with self._cast.clocks.stand_still():
            await self._requests.account.erase(self, asked_at, update_id)
        return self._cast.env.client.get_workflow_handle_for(ErasePerson.run, ERASE_ID.of(self.user_ref))

    @property
    def _requests(self) -> Clients:
        return self._cast.requests(self._settings)

    async def is_silent_for(self, time: timedelta) -> None:
        """Lets time pass, on the session's own clock."""
        await self._cast.env.fast_forward(self.session, time)

    async def progress(self) -> SessionProgress:
        """What operators see of the session."""
        return await self.session.query(OnboardingSession.progress)

    async def outcome(self) -> SessionOutcome:
        """How the session ended."""
        return await asyncio.wait_for(self.session.result(), PATIENCE)

    async def kept_texts(self) -> list[str]:
        """What the database keeps of the person's answers, oldest first."""
        rows = await self._cast.pool.fetch(
            "SELECT m.* FROM onboarding_system.answer_messages m JOIN onboarding_system.answers a USING (answer_id)"
            " WHERE a.user_ref = $1 ORDER BY m.heard_at, m.position",
            self.user_ref,
        )
        return [row["text"] for row in await readable(rows, MESSAGE, by=self._cast.keys)]

    async def is_analysed(self, answers: int) -> None:
        """Waits until the database keeps so many analyses of the person's answers."""
        async with asyncio.timeout(PATIENCE):
            while await self.analyses() < answers:
                await asyncio.sleep(0.05)

    async def analyses(self) -> int:
        """How many analyses the database keeps of the person's answers."""
        count = await self._cast.pool.fetchval(
            "SELECT count(*) FROM analysis_system.analyses WHERE user_ref = $1", self.user_ref
        )
        return int(count)


class People:
    """The people of one test, and the channel that they share, which serves them within its context."""

    def __init__(
        self,
        env: WorkflowEnvironment | TimeSkipper,
        pool: asyncpg.Pool,
        *,
        patience: float = PATIENCE,
        keys: Encryption | None = None,
        deliveries_a_second: float | None = None,
        at_a_time: int | None = None,
    ) -> None:
        self.env = env
        self.pool = pool
        self.keys = keys or encryption()
        self.patience = patience
        self.queue = f"test-{uuid.uuid4().hex[:8]}"
        self.screens = Screens(Erasures(env.client))
        self._requests: dict[SessionSettings, Clients] = {}
        self._people: list[Person] = []
        self.clocks = Clocks(env)
        self._deliveries_a_second = deliveries_a_second
        self._at_a_time = at_a_time

    def person(self, locale: Locale = Locale.EN, **settings: object) -> Person:
        """A new person."""
        person = Person(self, locale, SessionSettings.model_validate(settings))
        self._people.append(person)
        return person

    def requests(self, settings: SessionSettings) -> Clients:
        """How a channel reaches workflows, for all people of the same settings."""
        if settings not in self._requests:
            self._requests[settings] = temporal_clients(
                self.env.client, place="in a test", task_timeout=timedelta(seconds=2), settings=settings
            )
        return self._requests[settings]

    async def __aenter__(self) -> Self:
        self._channel = Worker(
            self.env.client,
            task_queue=self.queue,
            activities=[self.screens.deliver],
            max_concurrent_activities=self._at_a_time,
            max_task_queue_activities_per_second=self._deliveries_a_second,
        )
        await self._channel.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._channel.__aexit__(kind, error, trace)
