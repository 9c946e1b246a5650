"""Terminates and deletes a person's workflows, so that none of their payloads remains on the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from itertools import chain

from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest, DescribeWorkflowExecutionResponse
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from activities.temporal.unanswered_signals import DELIVER, Unanswered, unanswered
from schema.account.activities import LastWords, PersonToSweep, WorkflowHistories
from schema.person import PersonRef
from schema.workflow_ids import WORKFLOW_IDS
from workflows.safety.rules.crisis import detect

REST_WITHIN = 5.0
"""Seconds to wait for a workflow to become idle before it is terminated: longer than any attempt of a delivery."""
LOOK_EVERY = 0.05
"""Seconds between two checks whether it is idle."""

Run = WorkflowHandle[object, object]


class TemporalHistories(WorkflowHistories):
    """Terminates and deletes workflow executions. The server terminates running ones before it deletes them.

    The server takes up to a minute to delete a closed execution. Both operations are idempotent, so the activities
    heartbeat, and Temporal retries one soon after its worker was killed.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn
    async def end_workflows(self, ref: PersonRef) -> LastWords:
        # Includes closed runs: an earlier attempt may have terminated them and lost its result.
        runs = await self._running_or_terminated(ref.user_ref)
        left = list(chain.from_iterable(await asyncio.gather(*map(self._end, runs))))
        own, others = ("\n".join(words.text for words in left if words.by_others is by) for by in (False, True))
        return LastWords(crisis=detect(own) or detect(others), by_others=detect(own) is None)

    @activity.defn
    async def forget_workflows(self, ref: PersonRef) -> None:
        for pattern in WORKFLOW_IDS:
            # By its id, so that a run that has just begun and is not listed yet is terminated too.
            if (workflow_id := pattern.of(ref.user_ref)) != activity.info().workflow_id:
                await self._delete(workflow_id)
        await self._delete_listed(ref.user_ref)

    @activity.defn
    async def sweep_workflows(self, swept: PersonToSweep) -> None:
        await self._delete_listed(swept.user_ref, f"StartTime < '{swept.erased_at.isoformat()}'")

    async def _end(self, run: Run) -> list[Unanswered]:
        """Terminates a run; returns the messages that it leaves unanswered."""
        reason = f"erased by {activity.info().workflow_run_id}"
        with _if_there():
            await _rests(run)
            await run.terminate(reason=reason)
        with _if_there():
            return await unanswered(run, reason, self._client.data_converter)
        return []

    async def _running_or_terminated(self, user_ref: str) -> list[Run]:
        which = "ExecutionStatus IN ('Running', 'Terminated')"
        runs = {(run.id, run.run_id): run async for run in self._listed(user_ref, which)}
        for pattern in WORKFLOW_IDS:
            with _if_there():
                # The list does not show yet what has just begun.
                now = await self._client.get_workflow_handle(pattern.of(user_ref)).describe()
                if now.run_id != activity.info().workflow_run_id:
                    runs[now.id, now.run_id] = self._client.get_workflow_handle(now.id, run_id=now.run_id)
        return list(runs.values())

    async def _listed(self, user_ref: str, which: str = "") -> AsyncIterator[Run]:
        """The runs of a person's workflows and of their children, except the calling workflow."""
        begins = " OR ".join(f"RootWorkflowId STARTS_WITH '{pattern.of(user_ref)}'" for pattern in WORKFLOW_IDS)
        async for listed in self._client.list_workflows(f"({begins})" + (which and f" AND {which}")):
            activity.heartbeat()
            if listed.run_id != activity.info().workflow_run_id:
                yield self._client.get_workflow_handle(listed.id, run_id=listed.run_id)

    async def _delete_listed(self, user_ref: str, which: str = "") -> None:
        async for run in self._listed(user_ref, which):
            await self._delete(run.id, run.run_id)

    async def _delete(self, workflow_id: str, run_id: str | None = None) -> None:
        """Deletes one run, or the current run of the id."""
        activity.heartbeat()
        with _if_there():
            await self._client.workflow_service.delete_workflow_execution(
                DeleteWorkflowExecutionRequest(
                    namespace=self._client.namespace,
                    workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id or ""),
                )
            )


@contextmanager
def _if_there() -> Iterator[None]:
    """Ignores NOT_FOUND: an execution that is gone needs no termination and no deletion."""
    try:
        yield
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


async def _rests(run: Run) -> None:
    """Waits until a run has no workflow task pending and no delivery in progress, at most `REST_WITHIN`.

    Deliveries that it starts meanwhile are held back. A run whose channel or workers are down is not waited for.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(REST_WITHIN):
            # The server sends no event for this.
            while _is_busy((await run.describe()).raw_description):
                activity.heartbeat()
                await asyncio.sleep(LOOK_EVERY)


def _is_busy(now: DescribeWorkflowExecutionResponse) -> bool:
    deliveries = [pending for pending in now.pending_activities if pending.activity_type.name == DELIVER]
    return now.HasField("pending_workflow_task") or any(map(_is_sending, deliveries))


def _is_sending(delivery: PendingActivityInfo) -> bool:
    return delivery.attempt <= 1 or delivery.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
