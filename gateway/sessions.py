"""What every channel asks of a person's workflows: to open a session, to tell it something, to show, export, erase."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, Protocol, TypeVar

from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.types import MethodAsyncSingleParam

from gateway.erasures import Erasure, Erasures
from schema.account.messages import EraseRequest, ExportRequest
from schema.account.names import ERASE_ID, EXPORT_ID, LANGUAGE_ID
from schema.onboarding.messages import Arrival, SessionOutcome, SessionSettings, StartSession
from schema.onboarding.names import SESSION_ID, TASK_QUEUE
from schema.person import Channel, FromPerson, PersonRequest
from schema.profile.messages import ShowProfileRequest
from schema.profile.names import INSIGHTS_ID, PROFILE_ID
from schema.safety.messages import Overheard
from schema.safety.names import LISTENING_ID
from schema.vocabulary import Locale
from schema.workflow_id import WorkflowId
from workflows.account.erase import ErasePerson
from workflows.account.export import ExportPerson
from workflows.account.language import RememberLanguage
from workflows.onboarding.session import OnboardingSession
from workflows.profile.show import ShowProfile
from workflows.safety.listening import Listening

OPENINGS = 10
"""Sessions that one process opens at a time. When a crowd comes, the others wait here, and nobody behind them: what
people in talk say, and all that follows from it, never queues on the server behind everybody's start.
"""

W = TypeVar("W")
R = TypeVar("R", bound=PersonRequest)

# About this very request, so no other attempt will change it.
_REFUSED = (
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.ALREADY_EXISTS,
    RPCStatusCode.INVALID_ARGUMENT,
    RPCStatusCode.FAILED_PRECONDITION,
)
# About the server's settings or this client's: until an operator has mended it, all requests fail.
NOT_LET_IN = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED)


_FOR_OPERATORS = """Current details tell where the person is; `selfology sessions list` tells it of all of them.

Updates: `pause_by_operator`, `abandon_by_operator`, `flag_question`. Cancel ends the session properly; Terminate tells
the person nothing.
"""


class Visitor(Protocol):
    """Who came, and through which channel."""

    @property
    def user_ref(self) -> str:
        """Names the person where nothing is encrypted."""

    @property
    def channel(self) -> Channel:
        """How a session reaches them."""

    @property
    def locale(self) -> Locale:
        """The language of somebody who has not chosen one yet."""


class Sessions:
    """People's workflows, as a channel reaches them. A call returns when Temporal has it for good.

    `place` says where people are, in summaries for operators. Every method raises `RPCError`; see `is_outage`.
    """

    def __init__(
        self, client: Client, *, place: str, task_timeout: timedelta, settings: SessionSettings | None = None
    ) -> None:
        self._client = client
        self._erasures = Erasures(client)
        self._place = place
        self._task_timeout = task_timeout
        self._settings = settings or SessionSettings()
        self._openings = asyncio.Semaphore(OPENINGS)

    async def arrive(
        self, visitor: Visitor, update_id: str | None = None
    ) -> WorkflowHandle[OnboardingSession, SessionOutcome]:
        """Opens the visitor's session, or comes back to the one that is open."""
        async with self._openings:
            return await self._client.start_workflow(
                OnboardingSession.run,
                StartSession(
                    user_ref=visitor.user_ref, channel=visitor.channel, locale=visitor.locale, settings=self._settings
                ),
                id=session_id(visitor.user_ref),
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                start_signal="arrive",
                start_signal_args=[Arrival(channel=visitor.channel, update_id=update_id)],
                static_summary=f"Onboarding {self._place}",
                static_details=_FOR_OPERATORS,
                task_timeout=self._task_timeout,
            )

    async def tell(self, visitor: Visitor, signal: str, said: FromPerson) -> bool:
        """Sends a signal to the visitor's session. False when none is open."""
        session = self._client.get_workflow_handle(session_id(visitor.user_ref))
        try:
            await session.signal(signal, args=[said])
        except RPCError as error:
            if not _means_no_session(error):
                raise
            return False
        return True

    async def is_open(self, visitor: Visitor) -> bool:
        """Whether the visitor has an open session."""
        session = self._client.get_workflow_handle(session_id(visitor.user_ref))
        try:
            return (await session.describe()).status is WorkflowExecutionStatus.RUNNING
        except RPCError as error:
            if not _means_no_session(error):
                raise
            return False

    async def latest_erasure(self, visitor: Visitor) -> Erasure | None:
        """The newest erasure of the visitor.

        None while Temporal does not say: what would be kept back for one needs no session.
        """
        try:
            return await self._erasures.latest(visitor.user_ref)
        except (RPCError, TimeoutError):
            return None

    async def overhear(self, visitor: Visitor, words: Overheard) -> WorkflowHandle[Listening, None]:
        """Has words heard that no session takes."""
        return await self._start(Listening.run, visitor, PersonRequest, LISTENING_ID, signal=("overhear", words))

    async def remember_language(self, visitor: Visitor) -> None:
        """Keeps the visitor's language for their next session; of two choices, the later one."""
        await self._start(
            RememberLanguage.run,
            visitor,
            PersonRequest,
            LANGUAGE_ID,
            conflict=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        )

    async def show_profile(
        self, visitor: Visitor, view: Literal["card", "insights"] = "card", update_id: str | None = None
    ) -> WorkflowHandle[ShowProfile, None]:
        """Has the profile shown, once for requests that come while it is on its way."""
        word = PROFILE_ID if view == "card" else INSIGHTS_ID
        request = partial(ShowProfileRequest, view=view, update_id=update_id)
        return await self._start(ShowProfile.run, visitor, request, word)

    async def export(self, visitor: Visitor, update_id: str | None = None) -> WorkflowHandle[ExportPerson, None]:
        """Has all that is kept about the visitor collected and sent to them."""
        request = partial(ExportRequest, update_id=update_id)
        return await self._start(ExportPerson.run, visitor, request, EXPORT_ID)

    async def erase(
        self, visitor: Visitor, asked_at: datetime | None = None, update_id: str | None = None
    ) -> WorkflowHandle[ErasePerson, None]:
        """Has all that was kept about the visitor when they were asked whether they are sure removed."""
        request = partial(EraseRequest, asked_at=asked_at, update_id=update_id)
        return await self._start(ErasePerson.run, visitor, request, ERASE_ID)

    async def _start(
        self,
        run: MethodAsyncSingleParam[W, R, None],
        visitor: Visitor,
        request: Callable[..., R],
        word: WorkflowId,
        *,
        signal: tuple[str, FromPerson] | None = None,
        conflict: WorkflowIDConflictPolicy = WorkflowIDConflictPolicy.USE_EXISTING,
    ) -> WorkflowHandle[W, None]:
        """Starts a workflow called after the visitor, or joins the one that runs; and signals it."""
        handle: WorkflowHandle[W, None] = await self._client.start_workflow(
            run,
            request(user_ref=visitor.user_ref, channel=visitor.channel, locale=visitor.locale),
            id=word.of(visitor.user_ref),
            task_queue=TASK_QUEUE,
            id_conflict_policy=conflict,
            start_signal=signal and signal[0],
            start_signal_args=[signal[1]] if signal else [],
            static_summary=f"{word.word.capitalize()} {self._place}",
            task_timeout=self._task_timeout,
        )
        return handle


def session_id(user_ref: str) -> str:
    """The workflow id of a person's session."""
    return SESSION_ID.of(user_ref)


def is_outage(error: BaseException) -> bool:
    """Whether a call failed for a reason that passes, so that it is worth another attempt."""
    if not isinstance(error, RPCError):
        return False
    return error.status not in _REFUSED or _lacks_namespace(error)


def _means_no_session(error: RPCError) -> bool:
    return error.status is RPCStatusCode.NOT_FOUND and not _lacks_namespace(error)


def _lacks_namespace(error: RPCError) -> bool:
    """Whether the server does not know our namespace: it is being set up, or another one is meant."""
    return any(detail.Is(NamespaceNotFoundFailure.DESCRIPTOR) for detail in error.grpc_status.details)
