"""The supervisor: owns the embedded servers and the workers for as long as anybody uses them."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine
from typing import Any, NoReturn

from temporalio.client import Client

from gateway.concurrency import first
from schema.operator_error import OperatorError
from workers.client import configured_temporal, connect, register_search_attributes
from workers.migrations import migrate
from workers.settings import Settings
from workers.shutdown import exit_process, told_to_stop
from workers.stack.home import Home
from workers.stack.locks import FileLock
from workers.stack.postgres import PostgresServer
from workers.stack.record import RunningStack, configured_servers, tell
from workers.stack.server import POLL, Server
from workers.stack.temporal_server import TemporalServer

LINGER = 2.0
"""Seconds that the stack stays after its last client left: the next one often comes at once."""
LOOK_FOR_CLIENTS = 0.2
"""Seconds between two looks at whether clients are there."""
DRAIN_MARGIN = 2.0
"""Seconds that drained workers may take to end, over what their activities get. While a server hangs, they would wait
for it for a minute."""
FIRST_CALL_WITHIN = 15.0
"""Seconds in which the embedded Temporal server must answer, once it listens."""

log = logging.getLogger(__name__)


class Supervisor:
    """One run of the stack. `lock` is the home's stack lock, held exclusively."""

    def __init__(self, settings: Settings, home: Home, lock: FileLock) -> None:
        self._settings = settings
        self._home = home
        self._lock = lock
        self._postgres = None if settings.database_url else PostgresServer(home)
        self._temporal = None if configured_temporal() else TemporalServer(home)
        self._servers: list[Server] = [server for server in (self._postgres, self._temporal) if server]

    async def run(self) -> None:
        """Runs until the last client has left, or the process is told to stop.

        Raises `OperatorError` when a server can't be started, or not any more.
        """
        with told_to_stop() as stop:
            try:
                if await _unless(stop, self._start()):
                    # To the end: whatever the workers still have to finish, they finish on living servers.
                    await first(self._serve(stop), *(server.keep_running() for server in self._servers))
            finally:
                await asyncio.gather(*(server.stop() for server in self._servers))

    async def _start(self) -> None:
        for server in self._servers:
            await server.launch()
        # Slow to import, so while the servers start.
        import workers.run  # noqa: F401

        for server in self._servers:
            await server.ready()
        await migrate(self._database_url)

    async def _serve(self, stop: asyncio.Event) -> None:
        """Runs the workers, and once more if somebody came while they drained."""
        clients = FileLock(self._home.clients_lock)
        while True:
            await self._work(clients, stop)
            # Held to the end of the process: new clients wait until it has ended.
            if stop.is_set() or not self._lock.in_place or clients.try_exclusive():
                return
            for server in self._servers:
                await server.until_serving()

    async def _work(self, clients: FileLock, stop: asyncio.Event) -> None:
        """Runs the workers until all clients have left, and drains them."""
        from workers.run import serve

        client = await self._client()
        overdue: asyncio.TimerHandle | None = None
        try:
            async with serve(client, self._database_url, self._settings) as complaints:
                tell(self._home, self._as_running(client, complaints))
                try:
                    await _unless(stop, self._all_left(clients))
                finally:
                    self._home.record.unlink(missing_ok=True)
                    within = self._settings.engine.graceful_shutdown_timeout.total_seconds() + DRAIN_MARGIN
                    overdue = asyncio.get_running_loop().call_later(within, self._cut_short)
        finally:
            if overdue is not None:
                overdue.cancel()

    def _cut_short(self) -> NoReturn:
        """Ends a drain that hangs, since a new client may be waiting: what is under way is begun anew."""
        log.warning("The workers are not drained in time, and are ended with their servers")
        for server in self._servers:
            server.kill()
        exit_process(0)

    async def _client(self) -> Client:
        if self._temporal is None:
            client = await connect()
            await register_search_attributes(client)
            return client
        deadline = asyncio.get_running_loop().time() + FIRST_CALL_WITHIN
        while True:
            try:
                return await connect(self._temporal.address)
            except OperatorError:
                # It listens a moment before it answers.
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(POLL)

    async def _all_left(self, clients: FileLock) -> None:
        """Returns when no client has been there for a while."""
        looks_without_clients = 0
        # With the home directory gone, nobody can find this stack again.
        while self._lock.in_place:
            await asyncio.sleep(LOOK_FOR_CLIENTS)
            if not clients.try_exclusive():
                looks_without_clients = 0
                continue
            clients.release()
            looks_without_clients += 1
            if looks_without_clients * LOOK_FOR_CLIENTS >= LINGER:
                return

    @property
    def _database_url(self) -> str:
        return self._settings.database_url or PostgresServer(self._home).database_url

    def _as_running(self, client: Client, complaints: list[str]) -> RunningStack:
        return RunningStack(
            supervisor=os.getpid(),
            temporal_address=client.service_client.config.target_host,
            ui_url=self._temporal.ui_url if self._temporal else None,
            embedded_database_url=self._postgres.database_url if self._postgres else None,
            complaints=complaints,
            servers=configured_servers(self._settings),
        )


async def _unless(stop: asyncio.Event, *work: Coroutine[Any, Any, None]) -> bool:
    """Runs all work until one of it ends, and cancels the rest. False when the stop came first."""
    stopping: asyncio.Task[Any] = asyncio.create_task(stop.wait())
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(coroutine) for coroutine in work]
    try:
        await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
        return not stopping.done()
    finally:
        for task in (stopping, *tasks):
            task.cancel()
        await asyncio.gather(stopping, *tasks, return_exceptions=True)
