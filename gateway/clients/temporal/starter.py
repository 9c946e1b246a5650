"""Starts a person's workflow, or joins the one that already runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.types import MethodAsyncSingleParam

from gateway.clients.visitor import Visitor
from schema.id_pattern import IdPattern
from schema.onboarding.names import TASK_QUEUE
from schema.person import FromPerson, PersonRequest
from schema.public import Public

W = TypeVar("W")
R = TypeVar("R", bound=PersonRequest)


class Starter:
    """Starts workflows for visitors. A call returns once Temporal has stored the start."""

    def __init__(self, client: Client, *, place: str, task_timeout: timedelta) -> None:
        self.client = client
        self.place = place
        self.task_timeout = task_timeout

    async def start(
        self,
        run: MethodAsyncSingleParam[W, R, None],
        visitor: Visitor,
        request: Callable[..., R],
        workflow_id: IdPattern,
        *rest: object,
        signal: tuple[str, FromPerson] | None = None,
        conflict: WorkflowIDConflictPolicy = WorkflowIDConflictPolicy.USE_EXISTING,
        reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        details: str | None = None,
    ) -> WorkflowHandle[W, None]:
        """Starts the visitor's workflow with this id, or joins the running one. Sends `signal` in either case.

        `rest` tells several of one person apart; `details` tell operators what it is. Raises
        `WorkflowAlreadyStartedError` when `reuse` forbids another.
        """
        handle: WorkflowHandle[W, None] = await self.client.start_workflow(
            run,
            request(user_ref=visitor.user_ref, channel=visitor.channel, locale=visitor.locale),
            id=workflow_id.of(visitor.user_ref, *rest),
            task_queue=TASK_QUEUE,
            id_conflict_policy=conflict,
            id_reuse_policy=reuse,
            start_signal=signal and signal[0],
            start_signal_args=[signal[1]] if signal else [],
            static_summary=Public(f"{workflow_id.word.capitalize()} {self.place}"),
            static_details=details and Public(details),
            task_timeout=self.task_timeout,
        )
        return handle
