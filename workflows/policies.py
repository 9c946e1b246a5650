"""Every timeout and retry policy, named, with the reason. Workflows hold no number of this kind themselves.

A policy runs activities: `await policies.DATABASE.run(PersonStore.recall_person, ref, summary="Recall the person")`.
So no call goes without a policy, nor without the summary that makes a session readable in the Web UI.
Retries are Temporal's alone: no client below an activity retries.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

from schema.errors import AnswerGone, RecipientGone, UnknownQuestion

Port = TypeVar("Port")
In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True)
class LocalPolicy:
    """How local activities are timed and retried."""

    start_to_close: timedelta
    retry: RetryPolicy
    local_retry_threshold: timedelta
    """Waits longer than this become timers, so that an outage does not hold a workflow task open."""

    async def run(self, activity: Callable[[Port, In], Awaitable[Out]], argument: In, *, summary: str) -> Out:
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
    heartbeat: timedelta | None = None
    priority: Priority = Priority.default

    def within(self, time: timedelta) -> RemotePolicy:
        """The same policy with less time."""
        return replace(self, schedule_to_close=time)

    def at(self, priority: Priority) -> RemotePolicy:
        """The same policy at another place among what waits on a task queue."""
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
            retry_policy=self.retry,
            priority=self.priority,
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
        non_retryable_error_types=[UnknownQuestion.TYPE, AnswerGone.TYPE],
    ),
    local_retry_threshold=timedelta(seconds=2),
)

INSTANT_FEEDBACK = RemotePolicy(
    # The promise to the person is a reaction within 1.5 s: what is left of it is for the offline analyst, who reacts
    # when no model has, and for the delivery.
    schedule_to_close=timedelta(milliseconds=1350),
    retry=RetryPolicy(
        initial_interval=timedelta(milliseconds=100), maximum_attempts=2, non_retryable_error_types=[AnswerGone.TYPE]
    ),
    # On a provider's queue, before the deep analyses that nobody waits for.
    priority=Priority(priority_key=1),
)

MIN_MODEL_TIME = timedelta(milliseconds=250)
"""With less than this left for models, no further model is asked for a reaction."""

DEEP_READING = RemotePolicy(
    # A model may think for 25 s; the rest is for the network.
    start_to_close=timedelta(seconds=30),
    # Long enough to wait out a rate limit, which providers count by the minute; then the next model is asked.
    schedule_to_close=timedelta(minutes=2),
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2,
        maximum_interval=timedelta(seconds=30),
        non_retryable_error_types=[AnswerGone.TYPE],
    ),
    priority=Priority(priority_key=5),
)

OFFLINE_READING = RemotePolicy(
    start_to_close=timedelta(seconds=30),
    # The last in the chain: only our own database can be away, and an answer waits for it.
    schedule_to_close=timedelta(days=7),
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2,
        maximum_interval=timedelta(minutes=5),
        non_retryable_error_types=[AnswerGone.TYPE],
    ),
)

# A send in flight on a killed worker waits all of this before it is tried again.
_ONE_SEND = timedelta(seconds=4)

_SENDS = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=30),
    non_retryable_error_types=[RecipientGone.TYPE],
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

GREETING, FIRST_QUESTION = Priority(priority_key=4), Priority(priority_key=5)
"""Places in a channel that has more to bring than it can: behind the default of 3, which people in talk have.

A greeting says that somebody is there; who has had it can wait for a question.
"""

COURTESY = RemotePolicy(
    start_to_close=_ONE_SEND,
    # Nudges and goodbyes after a silence: late is worse than never, and nobody may be listening.
    schedule_to_close=timedelta(minutes=5),
    retry=_SENDS,
)

ACKNOWLEDGEMENT = RemotePolicy(
    start_to_close=_ONE_SEND,
    # A word that something has begun. What it announces must not wait long for a channel that is away.
    schedule_to_close=timedelta(seconds=10),
    retry=_SENDS,
)

FILES = RemotePolicy(
    start_to_close=_ONE_SEND,
    # The person watches for them: after that they are told that it did not work, and may ask again.
    schedule_to_close=timedelta(minutes=10),
    retry=_SENDS,
)

ERASURE = RemotePolicy(
    # Some milliseconds a workflow. A try that runs out of time leaves less to the next one.
    start_to_close=timedelta(minutes=1),
    # The person waits for the end meanwhile: one whose worker was killed is not waited for that long.
    heartbeat=timedelta(seconds=5),
    # A promise to the person, so it outlasts any outage. What still fails after that is for operators to see.
    schedule_to_close=timedelta(days=30),
    retry=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
)

IN_FLIGHT = timedelta(minutes=1)
"""How long what was under way when its workflow was ended may still have effects.

A deep analysis that runs at that moment has 30 s, a local activity 5 s, and the server's list of workflows lags by
seconds.
"""
