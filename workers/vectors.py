"""The process that owns the vectors: it indexes what people say, and finds it. `python -m workers.vectors`, by a stack.

It is no part of versioned deploys: there is one, whatever versions of the workers run beside it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

from activities.analysis.model_usage import ModelCalls
from activities.profile.vectors import StoredVectors
from activities.qdrant.vector_store import VectorStore
from schema.onboarding.names import TASK_QUEUE
from schema.operator_error import OperatorError
from schema.profile.names import INDEX_VECTORS_ID, VECTORS_QUEUE
from schema.profile.vectors import Indexing, Vectors
from schema.public import Public
from workers.ai_settings import AISettings
from workers.bootstrap import shipped_bank
from workers.client import connect
from workers.database import database_pool
from workers.health import checks
from workers.health.probes import Check, served_health
from workers.language_models import embedder
from workers.logs import log_to
from workers.optional_dependencies import require_extra
from workers.process_encryption import Encryption, opened_encryption
from workers.registry import activities_of
from workers.settings import Engine, Settings
from workers.shutdown import exit_process, stop_on_signals
from workers.stack.home import Home
from workers.telemetry.start import start_telemetry
from workers.vector_settings import VectorSettings
from workflows.profile.index import IndexVectors

TURN = Indexing(lasts=timedelta(minutes=50), gather=timedelta(seconds=5), profiles_rest=timedelta(minutes=5))
"""One turn of indexing."""
NICENESS = 19
"""How far the process stands back for those that people wait for."""
TRY_AGAIN = 1.0
"""Seconds between two looks whether another process still has the store."""
CONNECTIONS = 5

log = logging.getLogger("workers.vectors")


@asynccontextmanager
async def serving_vectors(
    client: Client,
    database_url: str,
    settings: Settings,
    encryption: Encryption,
    stop: asyncio.Event,
    *,
    busy: Callable[[], bool] = lambda: False,
) -> AsyncIterator[bool]:
    """Serves the vectors while the context is open: those of the configured server, or those in the home directory.

    Indexing gives way for a while when `busy` says that people wait for the machine. Waits for another process that has
    the store. Yields False when `stop` was set before that. Raises `OperatorError`.
    """
    require_extra("vectors")
    ai = AISettings()
    async with database_pool(database_url, min_size=1, max_size=CONNECTIONS) as pool:
        calls = ModelCalls(pool, ai.prices())
        # First, so that nobody who waits for the store holds an encoder.
        async with _opened(Home(settings.home).vectors, stop) as store:
            if store is None:
                yield False
                return
            async with embedder(ai, calls.record) as embeds:
                vectors = StoredVectors(
                    pool,
                    encryption.columns,
                    store,
                    embeds,
                    shipped_bank(),
                    half_life=settings.half_life,
                    busy=busy,
                    gives_way=settings.indexing_gives_way,
                )
                worker = vectors_worker(client, vectors, settings.engine)
                look = [
                    checks.temporal(client),
                    checks.database(pool),
                    checks.key_store(encryption.store),
                    Check("store", partial(_answers, store)),
                    checks.pollers(client, [worker]),
                ]
                async with served_health("vectors", look) as health, worker:
                    await start_indexing(client)
                    try:
                        yield True
                    finally:
                        health.draining = True


async def _answers(store: VectorStore) -> None:
    await store.aliases()


def vectors_worker(client: Client, vectors: Vectors, engine: Engine) -> Worker:
    """The worker that serves the queue of vectors."""
    return Worker(
        client,
        task_queue=VECTORS_QUEUE,
        activities=activities_of(vectors),
        max_concurrent_activities=engine.max_concurrent_activities,
        graceful_shutdown_timeout=engine.graceful_shutdown_timeout,
    )


async def start_indexing(client: Client, turn: Indexing | None = None) -> None:
    """Starts the workflow that has what waits indexed, unless it runs."""
    await client.start_workflow(
        IndexVectors.run,
        turn or TURN,
        id=INDEX_VECTORS_ID,
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=Public("Keeps vectors of what people say"),
    )


@asynccontextmanager
async def _opened(folder: Path, stop: asyncio.Event) -> AsyncIterator[VectorStore | None]:
    """Opens the store; None when the process is to stop before another one has let go of it."""
    settings = VectorSettings()
    async with AsyncExitStack() as exits:
        if settings.qdrant_url:
            # Either kind of store brings packages that the other does not need.
            from activities.qdrant.client_store import client_store  # noqa: PLC0415

            key = settings.qdrant_api_key
            yield await exits.enter_async_context(
                client_store(settings.qdrant_url, key.get_secret_value() if key else None)
            )
            return
        from activities.qdrant.edge_store import StoreInUse, edge_store  # noqa: PLC0415

        store: VectorStore | None = None
        waits = False
        while store is None and not stop.is_set():
            try:
                store = await exits.enter_async_context(edge_store(folder))
            except StoreInUse as taken:
                if not waits:
                    log.warning("%s It is waited for", taken)
                waits = True
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), TRY_AGAIN)
        yield store


def main() -> None:
    """Runs the process for a stack: until it is told to stop, or the stack has gone."""
    # An install for real servers lacks what a stack needs.
    from workers.stack.vector_owner import Given, machine_is_busy  # noqa: PLC0415

    log_to(logging.StreamHandler(), logging.INFO)
    start_telemetry("vectors")
    os.nice(NICENESS)
    code = 0
    try:
        given = Given.model_validate_json(sys.stdin.readline())
        settings = Settings.model_validate_json(given.settings)
        asyncio.run(_serve(settings, given.temporal_address, given.database_url, machine_is_busy))
    except OperatorError as error:
        log.error("%s", error)
        code = 2
    except Exception:
        log.exception("The vectors can't be served")
        code = 1
    exit_process(code)


async def _serve(settings: Settings, temporal_address: str, database_url: str, busy: Callable[[], bool]) -> None:
    home = Home.prepared(settings.home)
    with stop_on_signals() as stop:
        # The stack's end of the pipe closes however it ends.
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)
        async with opened_encryption(home) as encryption:
            client = await connect(temporal_address, encryption)
            async with serving_vectors(client, database_url, settings, encryption, stop, busy=busy) as serves:
                if serves:
                    log.info("The vectors are served")
                    await stop.wait()


if __name__ == "__main__":
    main()
