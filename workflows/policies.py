"""Every timeout and retry policy, named, with the reason. Workflows hold no number of this kind themselves.

A policy runs activities: `await policies.DATABASE.run(SessionStore.recall_person, ref, summary="Recall the person")`.
So no call goes without a policy, nor without the summary that makes a session readable in the Web UI.
Retries are Temporal's alone: no client below an activity retries.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy

Self = TypeVar("Self")
In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True)
class LocalPolicy:
    """How local activities are timed and retried."""

    start_to_close: timedelta
    retry: RetryPolicy
    local_retry_threshold: timedelta
    """Waits longer than this become timers, so that an outage does not hold a workflow task open."""

    async def run(self, activity: Callable[[Self, In], Awaitable[Out]], argument: In, *, summary: str) -> Out:
        """Runs a local activity; raises `ActivityError` when it failed for good."""
        # Read back through Any: the SDK's overloads do not take a method of an abstract class by its type variables.
        result: Any = await workflow.execute_local_activity_method(
            activity,
            argument,
            start_to_close_timeout=self.start_to_close,
            retry_policy=self.retry,
            local_retry_threshold=self.local_retry_threshold,
            summary=summary,
        )
        return result  # type: ignore[no-any-return]


@dataclass(frozen=True)
class RemotePolicy:
    """How remote activities are timed and retried."""

    schedule_to_close: timedelta
    retry: RetryPolicy
    start_to_close: timedelta | None = None

    async def run(
        self,
        activity: Callable[[Self, In], Awaitable[Out]],
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
            retry_policy=self.retry,
            summary=summary,
        )
        return result  # type: ignore[no-any-return]


DATABASE = LocalPolicy(
    start_to_close=timedelta(seconds=5),
    # No limit of attempts: an answer waits for the database, it is never dropped.
    retry=RetryPolicy(
        initial_interval=timedelta(milliseconds=100),
        backoff_coefficient=2,
        maximum_interval=timedelta(seconds=10),
        non_retryable_error_types=["UnknownQuestion", "AnswerGone"],
    ),
    local_retry_threshold=timedelta(seconds=2),
)

INSTANT_FEEDBACK = RemotePolicy(
    # The promise to the person: a reaction within 1.5 s. After that the offline analyst reacts.
    schedule_to_close=timedelta(milliseconds=1500),
    retry=RetryPolicy(
        initial_interval=timedelta(milliseconds=100), maximum_attempts=2, non_retryable_error_types=["AnswerGone"]
    ),
)

DEEP_ANALYSIS = RemotePolicy(
    # A model may think for 10 s; the rest is for the network.
    start_to_close=timedelta(seconds=30),
    # Longer than any outage of a provider seen so far. What fails after that is an error that retries do not mend.
    schedule_to_close=timedelta(days=7),
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2,
        maximum_interval=timedelta(minutes=5),
        non_retryable_error_types=["AnswerGone"],
    ),
)

# A send in flight on a killed worker waits all of this before it is tried again.
_ONE_SEND = timedelta(seconds=4)

_SENDS = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=30),
    non_retryable_error_types=["RecipientGone"],
)

DELIVERY = RemotePolicy(
    start_to_close=_ONE_SEND,
    # As long as a silence: after that the session nudges or closes, and shows the question when the person returns.
    schedule_to_close=timedelta(minutes=30),
    retry=_SENDS,
)

FAREWELL = RemotePolicy(
    start_to_close=_ONE_SEND,
    # The last words of a session may wait a day for a channel that is away: a summary the person has earned, support
    # in a crisis. Nothing else waits behind them.
    schedule_to_close=timedelta(days=1),
    retry=_SENDS,
)

COURTESY = RemotePolicy(
    start_to_close=_ONE_SEND,
    # Nudges and goodbyes after a silence: late is worse than never, and nobody may be listening.
    schedule_to_close=timedelta(minutes=5),
    retry=_SENDS,
)
