"""Looks at Temporal how two versions of the workers fare. Needs nothing beside the server."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Container, Sequence
from datetime import timedelta

from temporalio.api.deployment.v1 import WorkerDeploymentVersion
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentVersionRequest, DescribeWorkflowExecutionResponse
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from workers.deploy.verdict import Fared, Look
from workers.deploy.versions import Deployment

PROBLEMS = SearchAttributeKey.for_keyword_list("TemporalReportedProblems")
"""Set by the server on a workflow whose task has failed some times in a row; gone when one succeeds."""
LOOKED_AT = 200
"""How many open workflows are looked at one by one, the newest first."""
AT_A_TIME = 20
TRIED = 3
"""From which attempt on a task is held up. A second one happens whenever a worker ends."""
LONG = 10.0
"""Seconds that a workflow's task may take: a local activity that fails is tried again within it."""


async def stopped(client: Client) -> dict[str, str]:
    """The open workflows whose code fails each time, with the cause that the server names."""
    found: dict[str, str] = {}
    query = f"{PROBLEMS.name} IS NOT NULL AND ExecutionStatus = 'Running'"
    async for each in client.list_workflows(query, limit=LOOKED_AT):
        causes: Sequence[str] = each.typed_search_attributes.get(PROBLEMS) or ()
        found[each.id] = ", ".join(cause.partition("=")[2] for cause in causes if cause.startswith("cause="))
    return found


class Watch:
    """One ramp. What was stopped before it is not the new version's fault."""

    def __init__(self, client: Client, ramped: Deployment, before: Container[str]) -> None:
        self._client = client
        self._name = ramped.name
        assert ramped.ramping
        assert ramped.current
        self._new, self._old = ramped.ramping, ramped.current
        self._since = ramped.ramped_at
        self._before = before
        self._tasks: dict[tuple[str, int], float] = {}
        """The workflow tasks that were pending at the last look, with when they were first seen."""

    async def look(self) -> Look:
        """How both versions fare."""
        looked_at, held_up = await self._looked_at()
        new, old = [
            Fared(
                looked_at=looked_at[version],
                held_up=held_up[version],
                ended=await self._ended(version),
                failed=await self._ended(version, " AND ExecutionStatus IN ('Failed', 'TimedOut')"),
                oldest_task=await self._oldest_task(version),
            )
            for version in (self._new, self._old)
        ]
        halted = await stopped(self._client)
        return Look(stopped={each: halted[each] for each in halted if each not in self._before}, new=new, old=old)

    async def _looked_at(self) -> tuple[Counter[str], Counter[str]]:
        """How many open workflows each version has, of those looked at, and how many of these are held up."""
        one_by_one, pending = asyncio.Semaphore(AT_A_TIME), dict[tuple[str, int], float]()
        looked_at, held_up = Counter[str](), Counter[str]()

        async def describe(workflow: str) -> None:
            async with one_by_one:
                try:
                    found = (await self._client.get_workflow_handle(workflow).describe()).raw_description
                except RPCError as error:
                    if error.status is RPCStatusCode.NOT_FOUND:
                        return
                    raise
            late = False
            if found.HasField("pending_workflow_task"):
                task = (workflow, found.pending_workflow_task.original_scheduled_time.ToNanoseconds())
                pending[task] = self._tasks.get(task, time.monotonic())
                late = time.monotonic() - pending[task] > LONG or found.pending_workflow_task.attempt >= TRIED
            version = _version_of(found)
            looked_at[version] += 1
            held_up[version] += late or any(activity.attempt >= TRIED for activity in found.pending_activities)

        running = self._client.list_workflows("ExecutionStatus = 'Running'", limit=LOOKED_AT)
        await asyncio.gather(*[describe(each.id) async for each in running])
        self._tasks = pending
        return looked_at, held_up

    async def _ended(self, version: str, condition: str = "") -> int:
        counted = await self._client.count_workflows(
            f"ExecutionStatus != 'Running' AND CloseTime >= '{self._since.isoformat()}'"
            f" AND TemporalWorkerDeploymentVersion = '{self._name}:{version}'{condition}"
        )
        return counted.count

    async def _oldest_task(self, version: str) -> timedelta:
        described = await self._client.workflow_service.describe_worker_deployment_version(
            DescribeWorkerDeploymentVersionRequest(
                namespace=self._client.namespace,
                deployment_version=WorkerDeploymentVersion(deployment_name=self._name, build_id=version),
                report_task_queue_stats=True,
            )
        )
        ages = (queue.stats.approximate_backlog_age.ToTimedelta() for queue in described.version_task_queues)
        return max(ages, default=timedelta(0))


def _version_of(found: DescribeWorkflowExecutionResponse) -> str:
    """The build id that has a workflow's tasks, or is about to."""
    info = found.workflow_execution_info.versioning_info
    if info.HasField("version_transition"):
        return info.version_transition.deployment_version.build_id
    return info.deployment_version.build_id
