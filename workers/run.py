"""Runs the workers of a process: the interactive one, the offline analyst's, the encoder's, and one per provider."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.account.tombstones import PostgresTombstones
from activities.account.workflow_histories import TemporalHistories
from activities.ai.coach import SentenceCheck
from activities.ai.providers import OPENAI
from activities.analysis.budget import Spending
from activities.analysis.model_usage import ModelCalls
from activities.coaching.boundaries import KeepsBoundaries
from activities.coaching.meaning import Meanings
from activities.coaching.repeats import NoRepeats
from activities.onboarding.question_store import store_bank
from schema.analysis.names import OFFLINE_QUEUE
from schema.onboarding.names import TASK_QUEUE
from schema.operator_error import OperatorError
from schema.safety.activities import SecondNet
from schema.safety.names import ENCODER_QUEUE
from workers import registry
from workers.ai_settings import AISettings
from workers.bootstrap import Parts, Provided, shipped_bank
from workers.database import database_pool
from workers.deployment_settings import WITHOUT_VERSION
from workers.encoder import second_net
from workers.erasure_replay import replay_erasures
from workers.health import checks
from workers.health.probes import served_health
from workers.language_models import complaints_of, language_models, warm_up
from workers.malformed_input import RefusesMalformedInput
from workers.process_encryption import Encryption
from workers.schedules import RetentionSettings, schedule_retention
from workers.settings import Engine, Settings
from workers.telemetry.gauges import gauges

log = logging.getLogger(__name__)

HEARTBEATS_EVERY = timedelta(milliseconds=200)
"""How often heartbeats reach the server. Only by their answers an activity learns that it is cancelled.

By default the SDK holds them back for most of a heartbeat timeout: a reply that the person stops would go on so long.
"""


async def _nothing_to_reset(connection: asyncpg.Connection) -> None:
    """Skips the reset of a returned connection. No query leaves state in it, and the reset costs a round trip each."""


@asynccontextmanager
async def serve(
    client: Client,
    database_url: str,
    settings: Settings,
    encryption: Encryption,
    *,
    version: WorkerDeploymentConfig = WITHOUT_VERSION,
) -> AsyncIterator[list[str]]:
    """Runs all workers, as a version if one is given, while the context is open, then drains them.

    Yields the faults that providers of language models report, one line each for operators. A refused key is no error:
    another model or the offline analyst reads instead.
    """
    async with database_pool(
        database_url, min_size=2, max_size=settings.engine.database_connections, reset=_nothing_to_reset
    ) as pool:
        ai, retention = AISettings(), RetentionSettings()
        calls = ModelCalls(pool, ai.prices())
        net = await second_net(pool, encryption.columns) if settings.encoder else None
        sentence_checks: list[SentenceCheck] = [
            NoRepeats(net if isinstance(net, Meanings) else None),
            KeepsBoundaries(),
        ]
        async with language_models(ai, calls.record, sentence_checks) as models:
            spending = Spending(pool, ai.daily_budget, unrecorded=calls.unrecorded)
            bank = shipped_bank()
            await store_bank(pool, bank)
            parts = Parts.on(
                pool,
                encryption,
                bank,
                models,
                spending=spending,
                net=net,
                half_life=settings.half_life,
                replies_a_day=settings.coach_replies_a_day,
                cost_a_day=settings.coach_cost_a_day,
                on_usage=calls.record,
                heard_by=OPENAI.name if ai.known_voice_key else None,
            )
            collect_garbage_rarely()
            await replay_erasures(client, encryption.store, PostgresTombstones(pool), parts.people)
            look = [
                checks.temporal(client),
                checks.database(pool),
                checks.key_store(encryption.store),
                checks.migrations(database_url),
            ]
            async with (
                served_health("worker", look) as health,
                workers_of(
                    *(client, parts, settings.engine),
                    sandbox=settings.sandbox,
                    queues=settings.worker_queues,
                    version=version,
                ) as workers,
                gauges(pool, client),
            ):
                health.checks.append(checks.pollers(client, workers))
                complaints, *_ = await asyncio.gather(
                    complaints_of(models), warm_up(models), schedule_retention(client, retention)
                )
                for complaint in complaints:
                    log.error("%s Others read in its place", complaint)
                try:
                    yield complaints
                finally:
                    health.draining = True


def collect_garbage_rarely() -> None:
    """Makes garbage collections rare, which saves a tenth of worker CPU: reference counts free nearly everything.

    Objects that exist now are never collected. By default a collection runs every 700 new objects, and the larger ones
    walk every cached workflow.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@asynccontextmanager
async def workers_of(
    client: Client,
    parts: Parts,
    engine: Engine,
    *,
    sandbox: bool,
    queues: frozenset[str] = frozenset(),
    version: WorkerDeploymentConfig = WITHOUT_VERSION,
) -> AsyncIterator[list[Worker]]:
    """Runs the interactive worker, the offline analyst's, the encoder's, and one for each provider.

    Of them only those of `queues`, if any are named. Raises `OperatorError` when that leaves none.
    """
    made = {
        TASK_QUEUE: partial(_interactive, client, parts, engine, workflow_runner(sandbox=sandbox), version),
        OFFLINE_QUEUE: partial(_analysis, client, parts, engine, version),
    }
    if parts.net:
        made[ENCODER_QUEUE] = partial(_encoder, client, parts.net, engine, version)
    for queue, provided in parts.providers.items():
        made[queue] = partial(_provider, client, queue, provided, engine, version)
    workers = [make() for queue, make in made.items() if queue in (queues or made)]
    if not workers:
        raise OperatorError(
            "SELFOLOGY_WORKER_QUEUES: nothing is done here on them, for want of a provider's key, or of the encoder."
        )
    async with AsyncExitStack() as stack:
        for worker in workers:
            await stack.enter_async_context(worker)
        yield workers


def workflow_runner(*, sandbox: bool) -> WorkflowRunner:
    """Returns the runner of workflow code: in Temporal's sandbox, which detects non-determinism, or without it."""
    if not sandbox:
        return RefusesMalformedInput(UnsandboxedWorkflowRunner())
    # These hold what a workflow keeps and passes on. To import them anew would take most of a workflow's first task.
    restrictions = SandboxRestrictions.default.with_passthrough_modules(
        *("opentelemetry", "pydantic", "pydantic_core", "schema"),
        *("workflows.onboarding.events", "workflows.onboarding.state"),
    )
    return RefusesMalformedInput(SandboxedWorkflowRunner(restrictions=restrictions))


def _interactive(
    client: Client, parts: Parts, engine: Engine, runner: WorkflowRunner, version: WorkerDeploymentConfig
) -> Worker:
    """The worker that people wait for: workflows, local activities and the offline analyst's reactions."""
    return interactive_worker(
        client,
        TASK_QUEUE,
        engine,
        runner,
        workflows=registry.WORKFLOWS,
        activities=registry.interactive(parts, TemporalHistories(client)),
        version=version,
    )


def interactive_worker(
    client: Client,
    task_queue: str,
    engine: Engine,
    runner: WorkflowRunner,
    *,
    workflows: Sequence[type],
    activities: Sequence[Callable[..., Any]],
    version: WorkerDeploymentConfig = WITHOUT_VERSION,
) -> Worker:
    """Creates a worker that runs workflows, with the engine's settings."""
    return Worker(
        client,
        task_queue=task_queue,
        deployment_config=version,
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


def _analysis(client: Client, parts: Parts, engine: Engine, version: WorkerDeploymentConfig) -> Worker:
    """The worker of the offline analyst's deep analysis, separate from the work that people wait for."""
    return _activity_worker(
        *(client, OFFLINE_QUEUE, engine, registry.offline_analysis(parts), version),
        at_most=engine.max_concurrent_analyses,
    )


def _encoder(client: Client, net: SecondNet, engine: Engine, version: WorkerDeploymentConfig) -> Worker:
    """The worker of the sentence encoder, in a process that holds it."""
    return _activity_worker(
        *(client, ENCODER_QUEUE, engine, registry.activities_of(net), version),
        at_most=engine.max_concurrent_activities,
    )


def _provider(
    client: Client, queue: str, provided: Provided, engine: Engine, version: WorkerDeploymentConfig
) -> Worker:
    """The worker of one provider, with limits of its own, so that a slow provider delays no other."""
    return _activity_worker(
        *(client, queue, engine, registry.of_provider(provided), version),
        at_most=engine.max_concurrent_model_calls,
        per_second=engine.model_calls_per_second,
    )


def _activity_worker(
    client: Client,
    task_queue: str,
    engine: Engine,
    activities: Sequence[Callable[..., Any]],
    version: WorkerDeploymentConfig = WITHOUT_VERSION,
    *,
    at_most: int,
    per_second: float | None = None,
) -> Worker:
    """Creates a worker that runs activities only: `at_most` at a time, and `per_second` of all processes together."""
    return Worker(
        client,
        task_queue=task_queue,
        deployment_config=version,
        activities=activities,
        max_concurrent_activities=at_most,
        max_task_queue_activities_per_second=per_second,
        max_heartbeat_throttle_interval=HEARTBEATS_EVERY,
        default_heartbeat_throttle_interval=HEARTBEATS_EVERY,
        graceful_shutdown_timeout=engine.graceful_shutdown_timeout,
    )
