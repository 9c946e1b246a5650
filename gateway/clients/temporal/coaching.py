"""The coaching client for a Temporal server."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError
from temporalio.types import MethodSyncOrAsyncSingleParam

from gateway.clients.coaching import CoachingClient
from gateway.clients.outage import means_no_workflow
from gateway.clients.temporal.starter import Starter
from gateway.clients.visitor import SignalInput, Visitor
from schema.coaching.agreements import ContactRequest, HoursAwake, StartFollowUp, StepAct, StepTap
from schema.coaching.insights import InsightDenial
from schema.coaching.messages import (
    ArrivedAtCoach,
    CoachingSettings,
    CoachLanguage,
    EditedMessage,
    MarkedReply,
    MemoryRequest,
    MemoryToCorrect,
    NewTopic,
    ReplyStopped,
    SaidToCoach,
    StartCoaching,
)
from schema.coaching.names import COACH_ID, CONTACT_ID, FOLLOW_UP_ID, INSIGHT_DENIAL_ID, MEMORY_ID, STEPS_ID
from schema.onboarding.names import TASK_QUEUE
from schema.person import FromPerson, PersonRequest
from schema.public import Public
from workflows.coaching.conversation import CoachConversation
from workflows.coaching.follow_up import FollowUp
from workflows.coaching.insights import TakeInsightDenial
from workflows.coaching.requests import SetContact, ShowMemories, ShowSteps

_FOR_OPERATORS = """A person's talk with the coach. It ends after a day of silence; the next words begin it again.

All that was said is in the database: Terminate loses only what waits to be answered. Nobody tells the person.
"""
_FOLLOW_UP_FOR_OPERATORS = """Asks a person how a step went that they agreed on, and waits for the answer.

The agreement is in the database. Terminate loses only the question; a button of the person begins it again.
"""


class TemporalCoaching(CoachingClient):
    """Signals conversations with the coach on Temporal, and starts them where none runs."""

    def __init__(self, starter: Starter, settings: CoachingSettings) -> None:
        self._starter = starter
        self._settings = settings

    async def say(self, visitor: Visitor, said: SaidToCoach) -> None:
        await self._start(visitor, (CoachConversation.say.__name__, said))

    async def edit(self, visitor: Visitor, edited: EditedMessage) -> bool:
        return await self._signal(visitor, CoachConversation.edit, edited)

    async def mark(self, visitor: Visitor, marked: MarkedReply) -> None:
        await self._start(visitor, (CoachConversation.mark.__name__, marked))

    async def choose_language(self, visitor: Visitor, choice: CoachLanguage) -> bool:
        return await self._signal(visitor, CoachConversation.choose_language, choice)

    async def welcome(self, visitor: Visitor, arrived: ArrivedAtCoach) -> bool:
        running = await self._start(visitor)
        return await running.execute_update(CoachConversation.welcome, arrived)

    async def begin_topic(self, visitor: Visitor, topic: NewTopic) -> None:
        await self._start(visitor, (CoachConversation.begin_topic.__name__, topic))

    async def stop(self, visitor: Visitor, stopped: ReplyStopped) -> None:
        await self._signal(visitor, CoachConversation.stop, stopped)

    async def _signal(
        self,
        visitor: Visitor,
        signal: MethodSyncOrAsyncSingleParam[CoachConversation, SignalInput, None],
        argument: SignalInput,
    ) -> bool:
        """Signals the visitor's conversation. Returns False where none runs."""
        running: WorkflowHandle[CoachConversation, None] = self._starter.client.get_workflow_handle_for(
            CoachConversation.run, COACH_ID.of(visitor.user_ref)
        )
        try:
            await running.signal(signal, argument)
        except RPCError as error:
            if not means_no_workflow(error):
                raise
            return False
        return True

    async def act_on_step(self, visitor: Visitor, agreement_id: str, act: StepAct, update_id: str) -> None:
        await self._starter.start(
            FollowUp.run,
            visitor,
            partial(StartFollowUp, agreement_id=agreement_id),
            FOLLOW_UP_ID,
            agreement_id,
            signal=(FollowUp.tap.__name__, StepTap(act=act, channel=visitor.channel, update_id=update_id)),
            details=_FOLLOW_UP_FOR_OPERATORS,
        )

    async def show_steps(self, visitor: Visitor, update_id: str) -> WorkflowHandle[ShowSteps, None]:
        return await self._starter.start(ShowSteps.run, visitor, partial(PersonRequest, update_id=update_id), STEPS_ID)

    async def show_memories(
        self,
        visitor: Visitor,
        update_id: str,
        *,
        page: int = 0,
        forget: UUID | None = None,
        instead_of: str | None = None,
    ) -> WorkflowHandle[ShowMemories, None]:
        request = partial(MemoryRequest, update_id=update_id, page=page, forget=forget, instead_of=instead_of)
        return await self._starter.start(ShowMemories.run, visitor, request, MEMORY_ID, update_id)

    async def correct_memory(self, visitor: Visitor, tap: MemoryToCorrect) -> None:
        await self._start(visitor, (CoachConversation.correct.__name__, tap))

    async def set_contact(
        self,
        visitor: Visitor,
        update_id: str,
        *,
        toggle_quiet: bool = False,
        time_zone: str | None = None,
        hours: HoursAwake | None = None,
    ) -> WorkflowHandle[SetContact, None]:
        request = partial(
            ContactRequest, update_id=update_id, toggle_quiet=toggle_quiet, time_zone=time_zone, hours=hours
        )
        return await self._starter.start(SetContact.run, visitor, request, CONTACT_ID, update_id)

    async def deny_insight(
        self, visitor: Visitor, insight_id: str, update_id: str
    ) -> WorkflowHandle[TakeInsightDenial, None]:
        request = partial(InsightDenial, insight_id=UUID(insight_id), update_id=update_id)
        return await self._starter.start(TakeInsightDenial.run, visitor, request, INSIGHT_DENIAL_ID, insight_id)

    async def _start(
        self, visitor: Visitor, signal: tuple[str, FromPerson] | None = None
    ) -> WorkflowHandle[CoachConversation, None]:
        """Starts the visitor's conversation where none runs, and signals it."""
        return await self._starter.client.start_workflow(
            CoachConversation.run,
            StartCoaching(user_ref=visitor.user_ref, settings=self._settings),
            id=COACH_ID.of(visitor.user_ref),
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_signal=signal and signal[0],
            start_signal_args=[signal[1]] if signal else [],
            static_summary=Public(f"Coaching {self._starter.place}"),
            static_details=Public(_FOR_OPERATORS),
            task_timeout=self._starter.task_timeout,
        )
