"""The supervisor: owns the embedded servers and the workers for as long as anybody uses them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from typing import Any

from temporalio.client import Client

from workers.client import configured_temporal, connect, register_search_attributes
from workers.database import migrate
from workers.errors import OperatorError
from workers.leaving import told_to_stop
from workers.settings import Settings
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
FIRST_CALL_WITHIN = 15.0
"""Seconds in which the embedded Temporal server must answer, once it listens."""


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
                    await self._serve(stop)
            finally:
                await asyncio.gather(*(server.stop() for server in self._servers))

    async def _start(self) -> None:
        for server in self._servers:
            await server.launch()
        # Slow to import, so while the servers start.
        import workers.serve  # noqa: F401, PLC0415

        for server in self._servers:
            await server.ready()
        await migrate(self._database_url)

    async def _serve(self, stop: asyncio.Event) -> None:
        from workers.serve import serve  # noqa: PLC0415

        client = await self._client()
        async with serve(client, self._database_url, self._settings) as complaints:
            tell(self._home, self._as_running(client, complaints))
            try:
                await _unless(stop, self._all_left(), *(server.keep_running() for server in self._servers))
            finally:
                self._home.record.unlink(missing_ok=True)

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

    async def _all_left(self) -> None:
        """Returns when no client is there any more, holding their lock: new ones wait until this process has ended."""
        clients = FileLock(self._home.clients_lock)
        looks_without_clients = 0
        # With the home directory gone, nobody can find this stack again.
        while self._lock.in_place:
            await asyncio.sleep(LOOK_FOR_CLIENTS)
            if not clients.try_exclusive():
                looks_without_clients = 0
                continue
            looks_without_clients += 1
            if looks_without_clients * LOOK_FOR_CLIENTS >= LINGER:
                return
            clients.release()

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
