"""The supervisor: runs the embedded servers and the workers while any client uses them."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NoReturn

from temporalio.client import Client

from gateway.concurrency import first
from schema.operator_error import OperatorError
from workers.client import configured_temporal, connect, register_search_attributes
from workers.database_roles import Role
from workers.migrations import migrate
from workers.process_encryption import Encryption, opened_encryption
from workers.settings import Settings
from workers.shutdown import exit_process, stop_on_signals
from workers.stack.backup.schedule import no_backups
from workers.stack.backup.settings import BackupSettings, backup_keys, refuse_other_servers
from workers.stack.home import Home
from workers.stack.locks import FileLock
from workers.stack.postgres import PostgresServer
from workers.stack.record import RunningStack, configured_servers, publish
from workers.stack.server import POLL, Server
from workers.stack.temporal_server import TemporalServer
from workers.stack.vector_owner import Given, VectorOwner

LINGER = 2.0
"""Seconds that the stack stays after its last client has left; the next one often comes soon."""
CHECK_CLIENTS_EVERY = 0.2
"""Seconds between checks for clients."""
DRAIN_MARGIN = 2.0
"""Seconds that workers may take to end, on top of the timeout of their activities. While a server hangs, they would
wait for it for a minute."""
FIRST_CALL_WITHIN = 15.0
"""Timeout in seconds for the embedded Temporal server to answer once it listens."""

log = logging.getLogger(__name__)


class Supervisor:
    """One run of the stack. `lock` is the home's stack lock, held exclusively."""

    def __init__(self, settings: Settings, home: Home, lock: FileLock) -> None:
        self._settings = settings
        self._home = home
        self._lock = lock
        self._backups = BackupSettings()
        if self._backups.backups is not None:
            refuse_other_servers(settings)
        else:
            # What is not archived any more is no part of a log without gaps.
            shutil.rmtree(home.wal, ignore_errors=True)
        every = self._backups.backup_every if self._backups.backups else None
        self._postgres = None if settings.database_url else PostgresServer(home, archives_every=every)
        self._temporal = None if configured_temporal() else TemporalServer(home)
        self._servers: list[Server] = [server for server in (self._postgres, self._temporal) if server]
        self._vectors, self._given = VectorOwner(home), ""
        self._served = asyncio.Event()
        """People are served. The process of vectors waits for that, and nobody waits for it."""

    async def run(self) -> None:
        """Runs until the last client has left or a signal stops the process.

        Raises `OperatorError` when a server can't be started or restarted.
        """
        with stop_on_signals() as stop:
            try:
                if await _run_until(stop, self._start()):
                    # Servers are also restarted while the workers drain, because draining needs them.
                    watched = [server.keep_running() for server in self._servers]
                    await first(self._serve(stop), self._keep_vectors(), *watched)
            finally:
                await self._vectors.stop()
                await asyncio.gather(*(server.stop() for server in self._servers))

    async def _start(self) -> None:
        for server in self._servers:
            await server.launch()
        # Imported now because it is slow and the servers need time to start.
        import workers.run  # noqa: F401

        for server in self._servers:
            await server.ready()
        await migrate(self._settings.database_url or PostgresServer(self._home).database_url)

    async def _serve(self, stop: asyncio.Event) -> None:
        """Runs the workers. Runs them again when a client came while they drained."""
        clients = FileLock(self._home.clients_lock)
        while True:
            await self._work(clients, stop)
            # The lock is held until the process ends, so that new clients wait for that.
            if stop.is_set() or not self._lock.in_place or clients.try_exclusive():
                return
            for server in self._servers:
                await server.wait_until_serving()

    async def _keep_vectors(self) -> None:
        """Runs the process that owns the vectors, where it is wanted."""
        await self._served.wait()
        if self._settings.vectors:
            await self._vectors.keep_running(self._given)
        await asyncio.Event().wait()

    async def _work(self, clients: FileLock, stop: asyncio.Event) -> None:
        """Runs the workers until all clients have left, and drains them."""
        from workers.run import serve

        overdue: asyncio.TimerHandle | None = None
        try:
            async with opened_encryption(self._home) as encryption:
                client = await self._client(encryption)
                if self._home.restored.exists():
                    from workers.stack.backup.after_restore import erase_restored

                    await erase_restored(self._home, client, self._database_url, encryption)
                async with (
                    serve(client, self._database_url, self._settings, encryption) as complaints,
                    self._backing_up(client),
                ):
                    record = self._record(client, complaints)
                    publish(self._home, record)
                    self._given = self._given_to_vectors(record)
                    self._served.set()
                    try:
                        await _run_until(stop, self._wait_until_unused(clients))
                    finally:
                        self._home.record.unlink(missing_ok=True)
                        within = self._settings.engine.graceful_shutdown_timeout.total_seconds() + DRAIN_MARGIN
                        overdue = asyncio.get_running_loop().call_later(within, self._force_exit)
        finally:
            if overdue is not None:
                overdue.cancel()

    @asynccontextmanager
    async def _backing_up(self, client: Client) -> AsyncIterator[None]:
        """Backs up this home's data meanwhile, where that is wanted."""
        if self._backups.backups is None:
            if self._temporal is not None:
                await no_backups(client)
            yield
            return
        from workers.stack.backup.archive import BackedUp, BackupDirectory
        from workers.stack.backup.archiver import Archiver
        from workers.stack.backup.service import serving_backups

        assert self._postgres is not None
        archive, keys = BackupDirectory.of(self._backups), backup_keys(self._backups, self._home, making=True)
        archiver = Archiver(
            BackedUp(self._home, archive, keys), self._postgres.database_url, self._backups.backup_every
        )
        async with serving_backups(client, archiver):
            yield

    def _force_exit(self) -> NoReturn:
        """Kills the servers and exits when draining takes too long, because a new client may be waiting.

        Temporal retries the unfinished work after the next start.
        """
        log.warning("The workers are not drained in time, and are ended with their servers")
        self._vectors.kill()
        for server in self._servers:
            server.kill()
        exit_process(0)

    async def _client(self, encryption: Encryption) -> Client:
        if self._temporal is None:
            client = await connect(encryption=encryption)
            await register_search_attributes(client)
            return client
        deadline = asyncio.get_running_loop().time() + FIRST_CALL_WITHIN
        while True:
            try:
                return await connect(self._temporal.address, encryption)
            except OperatorError:
                # The server listens a moment before it answers.
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(POLL)

    async def _wait_until_unused(self, clients: FileLock) -> None:
        """Waits until there has been no client for `LINGER` seconds."""
        checks_without_clients = 0
        # Without its home directory, no client can find this stack.
        while self._lock.in_place:
            await asyncio.sleep(CHECK_CLIENTS_EVERY)
            if not clients.try_exclusive():
                checks_without_clients = 0
                continue
            clients.release()
            checks_without_clients += 1
            if checks_without_clients * CHECK_CLIENTS_EVERY >= LINGER:
                return

    @property
    def _database_url(self) -> str:
        return self._settings.database_url or Role.WORKER.at(PostgresServer(self._home).database_url)

    def _given_to_vectors(self, record: RunningStack) -> str:
        return Given(
            settings=self._settings.model_dump_json(exclude={"pepper"}),
            temporal_address=record.temporal_address,
            database_url=self._database_url,
        ).model_dump_json()

    def _record(self, client: Client, complaints: list[str]) -> RunningStack:
        return RunningStack(
            supervisor=os.getpid(),
            temporal_address=client.service_client.config.target_host,
            ui_url=self._temporal.ui_url if self._temporal else None,
            embedded_database_url=self._postgres.database_url if self._postgres else None,
            complaints=complaints,
            backups=self._backups.backups is not None,
            servers=configured_servers(self._settings),
        )


async def _run_until(stop: asyncio.Event, *work: Coroutine[Any, Any, None]) -> bool:
    """Runs the coroutines until one ends or `stop` is set, and cancels the rest. Returns False on `stop`."""
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
