"""What processes work with, looked at for their health."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import asyncpg
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
)
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.encryption.key_store import KeyStore
from schema.keys.key_id import SYSTEM
from schema.operator_error import OperatorError
from workers.client import explain_refusal
from workers.database import FAILURES, explained
from workers.health.probes import LOOKS_WITHIN, Check
from workers.migrations import migrations_of

_WITHIN = timedelta(seconds=LOOKS_WITHIN)


def temporal(client: Client) -> Check:
    """Whether Temporal answers, and knows the namespace."""

    async def look() -> None:
        try:
            request = DescribeNamespaceRequest(namespace=client.namespace)
            await client.workflow_service.describe_namespace(request, timeout=_WITHIN)
        except RPCError as error:
            raise OperatorError(f"Temporal {explain_refusal(error)}.") from None

    return Check("temporal", look)


def pollers(client: Client, workers: Sequence[Worker]) -> Check:
    """Whether the server sees this process ask for tasks on each of its queues."""

    async def look() -> None:
        for worker in workers:
            kinds = [TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY]
            if worker.config().get("workflows"):
                kinds.append(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
            for kind in kinds:
                await _polled(client, worker.task_queue, kind)

    return Check("pollers", look)


async def _polled(client: Client, queue: str, kind: TaskQueueType.ValueType) -> None:
    described = await _described(client, queue, kind)
    if client.identity not in (poller.identity for poller in described.pollers):
        raise OperatorError(f"Nothing here asks for tasks on the queue {queue}.")


class Work(NamedTuple):
    """How the tasks of a queue fare."""

    workers: int
    """How many processes have asked for them within five minutes: the server forgets others."""
    waiting: int
    """How many tasks nobody has taken, about."""


async def work_on(client: Client, queue: str) -> Work:
    """How the tasks of a queue fare, of both kinds. Raises `OperatorError`."""
    kinds = (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
    described = await asyncio.gather(*(_described(client, queue, kind, counts=True) for kind in kinds))
    workers = {poller.identity for found in described for poller in found.pollers}
    return Work(len(workers), sum(found.stats.approximate_backlog_count for found in described))


async def _described(
    client: Client, queue: str, kind: TaskQueueType.ValueType, *, counts: bool = False
) -> DescribeTaskQueueResponse:
    """Describes a queue. What waits there is counted only where somebody asks: probes come every few seconds."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind, report_stats=counts
    )
    try:
        return await client.workflow_service.describe_task_queue(request, timeout=_WITHIN)
    except RPCError as error:
        raise OperatorError(f"Temporal {explain_refusal(error)}.") from None


def database(pool: asyncpg.Pool, *, needed: bool = True) -> Check:
    """Whether PostgreSQL answers."""

    async def look() -> None:
        try:
            await pool.fetchval("SELECT 1", timeout=LOOKS_WITHIN)
        except FAILURES as error:
            raise explained(error) from None

    return Check("database", look, needed=needed)


def key_store(store: KeyStore, *, needed: bool = True) -> Check:
    """Whether the database of keys answers. Without it, nothing that people wrote can be read or kept."""

    async def look() -> None:
        await store.newest(SYSTEM)

    return Check("keys", look, needed=needed)


def migrations(database_url: str) -> Check:
    """Whether the database is one that this version works with."""

    async def look() -> None:
        (await migrations_of(database_url)).refuse_other()

    return Check("migrations", look)
