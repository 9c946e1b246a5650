"""The onboarding client for a Temporal server."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError
from temporalio.types import MethodSyncOrAsyncSingleParam

from gateway.clients.onboarding import Hearer, OnboardingClient
from gateway.clients.outage import means_no_workflow
from gateway.clients.temporal.starter import Starter
from gateway.clients.visitor import Visitor
from schema.onboarding.messages import (
    Arrival,
    ConsentAnswer,
    EditedAnswer,
    Gesture,
    LanguageChoice,
    SessionOutcome,
    SessionSettings,
    SkipRequest,
    StartSession,
    SubmittedAnswer,
)
from schema.onboarding.names import SESSION_ID, TASK_QUEUE
from schema.person import FromPerson
from schema.public import Public
from schema.safety.messages import SafetyAnswer
from schema.vocabulary import Status
from workflows.onboarding.search_attributes import REST, STAGE, STATUS
from workflows.onboarding.session import OnboardingSession

SignalInput = TypeVar("SignalInput", bound=FromPerson)

OPENINGS = 10
"""How many sessions one process opens at the same time. Further starts wait here, in the process.

Otherwise, when many people arrive at once, messages of open sessions would queue on the server behind all the starts.
"""

_FOR_OPERATORS = """Current details tell where the person is; `selfology sessions list` tells it of all of them.

Updates: `pause_by_operator`, `abandon_by_operator`, `flag_question`. Cancel ends the session properly; Terminate tells
the person nothing.
"""


class TemporalOnboarding(OnboardingClient):
    """Opens and signals sessions on Temporal."""

    def __init__(self, starter: Starter, settings: SessionSettings) -> None:
        self._starter = starter
        self._settings = settings
        self._openings = asyncio.Semaphore(OPENINGS)

    async def arrive(
        self, visitor: Visitor, update_id: str | None = None
    ) -> WorkflowHandle[OnboardingSession, SessionOutcome]:
        async with self._openings:
            return await self._starter.client.start_workflow(
                OnboardingSession.run,
                StartSession(
                    user_ref=visitor.user_ref, channel=visitor.channel, locale=visitor.locale, settings=self._settings
                ),
                id=SESSION_ID.of(visitor.user_ref),
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                start_signal=OnboardingSession.arrive.__name__,
                start_signal_args=[Arrival(channel=visitor.channel, update_id=update_id)],
                static_summary=Public(f"Onboarding {self._starter.place}"),
                static_details=Public(_FOR_OPERATORS),
                task_timeout=self._starter.task_timeout,
            )

    async def is_open(self, visitor: Visitor) -> bool:
        try:
            return (await self._session(visitor).describe()).status is WorkflowExecutionStatus.RUNNING
        except RPCError as error:
            if not means_no_workflow(error):
                raise
            return False

    async def hearer(self, visitor: Visitor) -> Hearer:
        try:
            session = await self._session(visitor).describe()
        except RPCError as error:
            if not means_no_workflow(error):
                raise
            return Hearer.COACH
        told = session.typed_search_attributes
        status = told.get(STATUS)
        if status == Status.TIMED_OUT:
            return Hearer.COACH_AFTER_TIME_OUT
        # A session publishes its end before it has said its last message.
        over = session.status is not WorkflowExecutionStatus.RUNNING or (status is not None and Status(status).final)
        return Hearer.COACH if over or told.get(STAGE) == REST else Hearer.SESSION

    async def answer_consent(self, visitor: Visitor, answer: ConsentAnswer) -> bool:
        return await self._signal(visitor, OnboardingSession.answer_consent, answer)

    async def submit_answer(self, visitor: Visitor, answer: SubmittedAnswer) -> bool:
        return await self._signal(visitor, OnboardingSession.submit_answer, answer)

    async def edit_answer(self, visitor: Visitor, edited: EditedAnswer) -> bool:
        return await self._signal(visitor, OnboardingSession.edit_answer, edited)

    async def skip(self, visitor: Visitor, request: SkipRequest) -> bool:
        return await self._signal(visitor, OnboardingSession.skip, request)

    async def pause(self, visitor: Visitor, gesture: Gesture) -> bool:
        return await self._signal(visitor, OnboardingSession.pause, gesture)

    async def resume(self, visitor: Visitor, gesture: Gesture) -> bool:
        return await self._signal(visitor, OnboardingSession.resume, gesture)

    async def go_on(self, visitor: Visitor, gesture: Gesture) -> bool:
        return await self._signal(visitor, OnboardingSession.go_on, gesture)

    async def stop(self, visitor: Visitor, gesture: Gesture) -> bool:
        return await self._signal(visitor, OnboardingSession.stop, gesture)

    async def answer_safety(self, visitor: Visitor, answer: SafetyAnswer) -> bool:
        return await self._signal(visitor, OnboardingSession.answer_safety, answer)

    async def choose_language(self, visitor: Visitor, choice: LanguageChoice) -> bool:
        return await self._signal(visitor, OnboardingSession.choose_language, choice)

    def _session(self, visitor: Visitor) -> WorkflowHandle[OnboardingSession, SessionOutcome]:
        return self._starter.client.get_workflow_handle_for(OnboardingSession.run, SESSION_ID.of(visitor.user_ref))

    async def _signal(
        self,
        visitor: Visitor,
        signal: MethodSyncOrAsyncSingleParam[OnboardingSession, SignalInput, None],
        argument: SignalInput,
    ) -> bool:
        try:
            await self._session(visitor).signal(signal, argument)
        except RPCError as error:
            if not means_no_workflow(error):
                raise
            return False
        return True
