"""The two kinds of policy by which workflows run activities: local, in the worker itself, and on a task queue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

from schema.public import Public

Port = TypeVar("Port")
In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True)
class LocalPolicy:
    """Timeouts and retries of local activities."""

    start_to_close: timedelta
    retry: RetryPolicy
    local_retry_threshold: timedelta
    """Waits longer than this become timers, so that an outage does not hold a workflow task open."""

    async def run(self, activity: Callable[[Port, In], Awaitable[Out]], argument: In, *, summary: str) -> Out:
        """Runs a local activity; raises `ActivityError` when it fails and is not retried any more."""
        # Read back through Any: the SDK's overloads do not take a method of an abstract class by its type variables.
        result: Any = await workflow.execute_local_activity_method(
            activity,
            argument,
            start_to_close_timeout=self.start_to_close,
            retry_policy=self.retry,
            local_retry_threshold=self.local_retry_threshold,
            summary=Public(summary),
        )
        return result  # type: ignore[no-any-return]


@dataclass(frozen=True)
class RemotePolicy:
    """Timeouts and retries of remote activities."""

    schedule_to_close: timedelta
    retry: RetryPolicy
    start_to_close: timedelta | None = None
    heartbeat: timedelta | None = None
    priority: Priority = Priority.default
    cancellation: workflow.ActivityCancellationType = workflow.ActivityCancellationType.TRY_CANCEL

    def within(self, time: timedelta) -> RemotePolicy:
        """The same policy with less time."""
        return replace(self, schedule_to_close=time)

    def at(self, priority: Priority) -> RemotePolicy:
        """The same policy with another priority on the task queue."""
        return replace(self, priority=priority)

    async def run(
        self,
        activity: Callable[[Port, In], Awaitable[Out]],
        argument: In,
        *,
        summary: str,
        task_queue: str | None = None,
    ) -> Out:
        """Runs an activity, on the workflow's own task queue unless another is named; raises `ActivityError`."""
        result: Any = await workflow.execute_activity_method(
            activity,
            argument,
            task_queue=task_queue,
            start_to_close_timeout=self.start_to_close,
            schedule_to_close_timeout=self.schedule_to_close,
            heartbeat_timeout=self.heartbeat,
            cancellation_type=self.cancellation,
            retry_policy=self.retry,
            priority=self.priority,
            summary=Public(summary),
        )
        return result  # type: ignore[no-any-return]
