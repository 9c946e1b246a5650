"""Measures what no event tells: how much waits, and for how long."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NoReturn

import asyncpg
from temporalio.client import Client
from temporalio.service import RPCError

from schema import metrics
from schema.account.names import ERASE_ID
from schema.vocabulary import Status
from workers.database import FAILURES
from workers.telemetry.settings import TelemetrySettings

EVERY = timedelta(minutes=1)
"""Statements and a count of workflows, a few milliseconds all together: seldom enough for any number of processes."""

SLOWEST = 5.0
"""Seconds after which PostgreSQL counts as away."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def gauges(pool: asyncpg.Pool, client: Client) -> AsyncIterator[None]:
    """Measures while the context is open, where somebody asks for metrics.

    Each process of workers measures the whole system: of several equal values, Prometheus takes one.
    """
    if TelemetrySettings().metrics_host is None:
        yield
        return
    measuring = asyncio.create_task(_keep_current(pool, client))
    try:
        yield
    finally:
        measuring.cancel()
        await asyncio.wait([measuring])


async def _keep_current(pool: asyncpg.Pool, client: Client) -> NoReturn:
    """What can't be measured keeps the value that it had."""
    while True:
        try:
            await measure_database(pool)
            await measure_waiting(pool, client)
        except (*FAILURES, RPCError) as error:
            log.warning("What waits could not be measured (%s); it is tried again.", type(error).__name__)
        await asyncio.sleep(EVERY.total_seconds())


async def measure_database(pool: asyncpg.Pool) -> None:
    """Measures PostgreSQL. Raises one of `FAILURES` after it has noted that it is away."""
    begun = time.perf_counter()
    try:
        await pool.fetchval("SELECT 1", timeout=SLOWEST)
    except FAILURES:
        metrics.DATABASE_UP.set(0)
        raise
    metrics.DATABASE_UP.set(1)
    metrics.DATABASE_LATENCY.set(time.perf_counter() - begun)
    (told,) = await pool.fetch(
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::float8"
        " / current_setting('max_connections')::int AS used, pg_database_size(current_database()) AS size"
    )
    metrics.DATABASE_CONNECTIONS.set(told["used"])
    metrics.DATABASE_SIZE.set(told["size"])


async def measure_waiting(pool: asyncpg.Pool, client: Client) -> None:
    """Measures what waits."""
    # By the database's clock, which set the time of each answer.
    (answers,) = await pool.fetch(
        "SELECT waiting, coalesce(extract(epoch FROM now() - oldest), 0)::float8 AS age FROM shared.answers_waiting"
    )
    metrics.ANSWERS_WAITING.set(answers["waiting"])
    metrics.ANSWERS_WAITING_AGE.set(max(0.0, answers["age"]))
    sessions = {row["status"]: row["sessions"] for row in await pool.fetch("TABLE shared.open_sessions")}
    for status in Status:
        if not status.final:
            metrics.SESSIONS_OPEN.set(sessions.get(status, 0), status=status)
    waiting = "SELECT kind, sum(waiting) AS waiting FROM shared.vectors GROUP BY kind"
    for row in await pool.fetch(waiting):
        metrics.VECTORS_WAITING.set(int(row["waiting"]), kind=row["kind"])
    running = f"WorkflowType = '{ERASE_ID.workflow_type}' AND ExecutionStatus = 'Running'"
    metrics.ERASURES_RUNNING.set((await client.count_workflows(running)).count)
