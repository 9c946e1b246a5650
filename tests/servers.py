"""What tests play on: a Temporal dev server with time skipping, namespaces of it, and PostgreSQL."""

from __future__ import annotations

import sys
import tempfile
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.testing import TimeSkipper, WorkflowEnvironment

from tests.keys import encryption
from tests.scratch import scratch
from workers.client import register_search_attributes
from workers.database import database_connection
from workers.migrations import migrate
from workers.process_encryption import Encryption
from workers.stack.home import Home
from workers.stack.postgres import DATABASE, PostgresServer
from workers.stack.temporal_server import ONE_QUEUE_EACH
from workflows.onboarding import search_attributes


@asynccontextmanager
async def temporal(*dynamic_config: str, encrypted: Encryption | None = None) -> AsyncIterator[WorkflowEnvironment]:
    """A dev server whose workflows have clocks that tests can move, with values of its dynamic configuration."""
    keys = encrypted or encryption()
    # By default the server ends each connection after five minutes, and a call on its way at that moment is lost.
    lasting = 'frontend.keepAliveMaxConnectionAge="24h"'
    values = ("frontend.WorkflowTimeSkippingEnabled=true", lasting, *ONE_QUEUE_EACH, *dynamic_config)
    async with await WorkflowEnvironment.start_time_skipping_v2(
        data_converter=keys.data_converter,
        interceptors=keys.for_channels,
        search_attributes=list(search_attributes.ALL),
        dev_server_existing_path=str(Path(sys.executable).with_name("temporal")),
        dev_server_extra_args=[part for value in values for part in ("--dynamic-config-value", value)],
    ) as env:
        yield env


async def namespace(env: WorkflowEnvironment) -> TimeSkipper:
    """A namespace of its own on a server, where no worker runs yet and no other test is seen."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    await env.client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=Duration(seconds=24 * 60 * 60))
    )
    client = await env.connect_client(
        namespace=name, data_converter=env.client.data_converter, interceptors=encryption().for_channels
    )
    await register_search_attributes(client)
    return TimeSkipper(client)


@asynccontextmanager
async def database() -> AsyncIterator[str]:
    """The address of a migrated database, on a PostgreSQL server of its own that ends with the context."""
    # Not below pytest's directories: each run of pytest closes them to others, and as root PostgreSQL is somebody else.
    with tempfile.TemporaryDirectory(prefix="selfology-", dir=scratch()) as folder:
        server = PostgresServer(Home.prepared(Path(folder)))
        await server.launch()
        try:
            await server.ready()
            await _forgets_if_the_machine_dies(server)
            await migrate(server.database_url)
            yield server.database_url
        finally:
            await server.stop()


async def _forgets_if_the_machine_dies(server: PostgresServer) -> None:
    """Nobody waits for the disk."""
    # The database of ours is not made yet.
    async with database_connection(server.database_url.replace(f"/{DATABASE}?", "/postgres?")) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            await connection.execute(f"ALTER SYSTEM SET {setting} = off")
        await connection.execute("SELECT pg_reload_conf()")
