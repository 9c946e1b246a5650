"""Which workflows and activities run on which task queue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version

import asyncpg
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.ai.analyst import Analyst
from activities.ai.desk import Desk
from activities.database.profiles import PostgresProfileStore
from activities.database.questions import PostgresQuestionStore, store_bank
from activities.database.sessions import AnswerTexts, PostgresSessionStore
from schema.bank import BankError, BankQuestion, load_bank
from workers.errors import OperatorError
from workers.settings import Engine, Settings
from workflows.onboarding.session import OnboardingSession
from workflows.profile.analysis import DeferredAnalysis
from workflows.profile.show import ShowProfile
from workflows.queues import ANALYSIS, ONBOARDING

WORKFLOWS = (OnboardingSession, DeferredAnalysis, ShowProfile)

# Named, because the SDK would read and hash the code of every imported module instead: 1 s of each start.
BUILD_ID = f"selfology-{version('selfology')}"


async def _nothing_to_reset(connection: asyncpg.Connection) -> None:
    """No query of ours leaves state in a connection, so the round trip of a reset after each of them is spared."""


@dataclass(frozen=True)
class Parts:
    """What workers are made of: activities that carry their clients."""

    sessions: PostgresSessionStore
    questions: PostgresQuestionStore
    profiles: PostgresProfileStore
    desk: Desk

    @classmethod
    async def on(cls, pool: asyncpg.Pool, bank: Sequence[BankQuestion], analyst: Analyst | None = None) -> Parts:
        """The parts on a migrated database, into which the bank is brought first; the offline analyst by default."""
        await store_bank(pool, bank)
        return cls(
            sessions=PostgresSessionStore(pool),
            questions=PostgresQuestionStore(pool, bank),
            profiles=PostgresProfileStore(pool),
            desk=Desk(AnswerTexts(pool), analyst),
        )


@asynccontextmanager
async def serve(client: Client, database_url: str, settings: Settings) -> AsyncIterator[None]:
    """Runs all workers of the system until the context is left; then they drain."""
    async with asyncpg.create_pool(
        database_url, min_size=2, max_size=settings.engine.database_connections, reset=_nothing_to_reset
    ) as pool:
        parts = await Parts.on(pool, shipped_bank())
        async with workers_of(client, parts, settings.engine, sandbox=settings.sandbox):
            yield


def shipped_bank() -> list[BankQuestion]:
    """The question bank. Raises `OperatorError`, with file and line, when it is broken."""
    try:
        return load_bank()
    except BankError as error:
        raise OperatorError(f"The question bank is broken: {error}.") from error


@asynccontextmanager
async def workers_of(client: Client, parts: Parts, engine: Engine, *, sandbox: bool) -> AsyncIterator[None]:
    """Runs the interactive worker and the analysis worker."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_interactive(client, parts, engine, workflow_runner(sandbox=sandbox)))
        await stack.enter_async_context(_analysis(client, parts, engine))
        yield


def workflow_runner(*, sandbox: bool) -> WorkflowRunner:
    """How workflow code is run: in Temporal's sandbox, which catches what is not deterministic, or without it."""
    if not sandbox:
        return UnsandboxedWorkflowRunner()
    return SandboxedWorkflowRunner(
        # Types only, the same in every run: importing them anew for each workflow would cost 100 ms of each.
        restrictions=SandboxRestrictions.default.with_passthrough_modules("pydantic", "pydantic_core", "schema")
    )


def _interactive(client: Client, parts: Parts, engine: Engine, runner: WorkflowRunner) -> Worker:
    """What a waiting person waits for: workflows, their local activities, instant feedback."""
    return Worker(
        client,
        task_queue=ONBOARDING,
        build_id=BUILD_ID,
        workflows=list(WORKFLOWS),
        activities=[
            parts.sessions.recall_person,
            parts.sessions.open_session,
            parts.sessions.record_answer,
            parts.sessions.screen_text,
            parts.sessions.remember_locale,
            parts.sessions.close_session,
            parts.sessions.erase_person,
            parts.questions.choose_next,
            parts.questions.word_question,
            parts.questions.flag_question,
            parts.profiles.fold_analysis,
            parts.profiles.read_profile,
            parts.desk.instant_feedback,
            parts.desk.reflect_offline,
        ],
        workflow_runner=runner,
        max_cached_workflows=engine.max_cached_workflows,
        max_concurrent_workflow_tasks=engine.max_concurrent_workflow_tasks,
        max_concurrent_local_activities=engine.max_concurrent_local_activities,
        max_concurrent_activities=engine.max_concurrent_activities,
        sticky_queue_schedule_to_start_timeout=engine.sticky_queue_schedule_to_start_timeout,
        graceful_shutdown_timeout=engine.graceful_shutdown_timeout,
    )


def _analysis(client: Client, parts: Parts, engine: Engine) -> Worker:
    """Deep analysis, apart from all that a person waits for."""
    return Worker(
        client,
        task_queue=ANALYSIS,
        build_id=BUILD_ID,
        activities=[parts.desk.analyse_answer],
        max_concurrent_activities=engine.max_concurrent_analyses,
        graceful_shutdown_timeout=engine.graceful_shutdown_timeout,
    )
