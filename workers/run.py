"""Worker processes: what runs in them, until they are told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.account.workflow_histories import TemporalHistories
from activities.analysis.answer_analysis import AnalysisActivities
from activities.analysis.budget import Spending
from activities.analysis.model_calls import ModelCalls
from activities.onboarding.question_store import store_bank
from schema.analysis.names import OFFLINE_QUEUE
from schema.build import BUILD_ID
from schema.onboarding.names import TASK_QUEUE
from workers import registry
from workers.ai_settings import AISettings
from workers.bootstrap import Parts, shipped_bank
from workers.database import database_pool
from workers.language_models import complaints_of, language_models, warm_up
from workers.malformed_input import RefusesMalformedInput
from workers.settings import Engine, Settings

log = logging.getLogger(__name__)


async def _nothing_to_reset(connection: asyncpg.Connection) -> None:
    """No query of ours leaves state in a connection, so the round trip of a reset after each of them is spared."""


@asynccontextmanager
async def serve(client: Client, database_url: str, settings: Settings) -> AsyncIterator[list[str]]:
    """Runs all workers of the system until the context is left; then they drain.

    Gives what the providers of language models object to, for operators: a refused key stops nobody, because others
    read instead.
    """
    async with database_pool(
        database_url, min_size=2, max_size=settings.engine.database_connections, reset=_nothing_to_reset
    ) as pool:
        ai = AISettings()
        calls = ModelCalls(pool, ai.prices())
        async with language_models(ai, calls.enter) as models:
            spending = Spending(pool, ai.daily_budget, unbooked=calls.unbooked)
            bank = shipped_bank()
            await store_bank(pool, bank)
            parts = Parts.on(pool, bank, models, spending)
            collect_garbage_rarely()
            async with workers_of(client, parts, settings.engine, sandbox=settings.sandbox):
                complaints, _ = await asyncio.gather(complaints_of(models), warm_up(models))
                for complaint in complaints:
                    log.error("%s Others read in its place", complaint)
                yield complaints


def collect_garbage_rarely() -> None:
    """Spares a tenth of worker CPU: nearly all that a worker allocates is freed without the collector.

    What was loaded before is never looked at again. By default every 700 new objects begin a collection, and the larger
    ones walk every cached workflow.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@asynccontextmanager
async def workers_of(client: Client, parts: Parts, engine: Engine, *, sandbox: bool) -> AsyncIterator[None]:
    """Runs the interactive worker, the offline analyst's, and one for each provider of language models."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_interactive(client, parts, engine, workflow_runner(sandbox=sandbox)))
        await stack.enter_async_context(_analysis(client, parts, engine))
        for queue, desk in parts.providers.items():
            await stack.enter_async_context(_provider(client, queue, desk, engine))
        yield


def workflow_runner(*, sandbox: bool) -> WorkflowRunner:
    """How workflow code is run: in Temporal's sandbox, which catches what is not deterministic, or without it."""
    if not sandbox:
        return RefusesMalformedInput(UnsandboxedWorkflowRunner())
    # Types only, the same in every run: importing them anew for each workflow would cost 100 ms of each.
    restrictions = SandboxRestrictions.default.with_passthrough_modules("pydantic", "pydantic_core", "schema")
    return RefusesMalformedInput(SandboxedWorkflowRunner(restrictions=restrictions))


def _interactive(client: Client, parts: Parts, engine: Engine, runner: WorkflowRunner) -> Worker:
    """What a waiting person waits for: workflows, their local activities, the offline analyst's reactions."""
    return interactive_worker(
        client,
        TASK_QUEUE,
        engine,
        runner,
        workflows=registry.WORKFLOWS,
        activities=registry.interactive(parts, TemporalHistories(client)),
    )


def interactive_worker(
    client: Client,
    task_queue: str,
    engine: Engine,
    runner: WorkflowRunner,
    *,
    workflows: Sequence[type],
    activities: Sequence[Callable[..., Any]],
) -> Worker:
    """A worker of workflows, with the engine's settings."""
    return Worker(
        client,
        task_queue=task_queue,
        build_id=BUILD_ID,
        workflows=workflows,
        activities=activities,
        workflow_runner=runner,
        max_cached_workflows=engine.max_cached_workflows,
        max_concurrent_workflow_tasks=engine.max_concurrent_workflow_tasks,
        max_concurrent_local_activities=engine.max_concurrent_local_activities,
        max_concurrent_activities=engine.max_concurrent_activities,
        sticky_queue_schedule_to_start_timeout=engine.sticky_queue_schedule_to_start_timeout,
        graceful_shutdown_timeout=engine.graceful_shutdown_timeout,
    )


def _analysis(client: Client, parts: Parts, engine: Engine) -> Worker:
    """The offline analyst's deep analysis, apart from all that a person waits for."""
    return Worker(
        client,
        task_queue=OFFLINE_QUEUE,
        build_id=BUILD_ID,
        activities=registry.offline_analysis(parts),
        max_concurrent_activities=engine.max_concurrent_analyses,
        graceful_shutdown_timeout=engine.graceful_shutdown_timeout,
    )


def _provider(client: Client, queue: str, desk: AnalysisActivities, engine: Engine) -> Worker:
    """All calls to one provider: its limits are its own, so that no other has to wait for it."""
    return Worker(
        client,
        task_queue=queue,
        build_id=BUILD_ID,
        activities=registry.of_provider(desk),
        max_concurrent_activities=engine.max_concurrent_model_calls,
        max_task_queue_activities_per_second=engine.model_calls_per_second,
        graceful_shutdown_timeout=engine.graceful_shutdown_timeout,
    )
