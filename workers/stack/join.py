"""Joins a client to the embedded stack, and starts the stack when it does not run."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import SecretStr

from schema.operator_error import OperatorError
from workers.database_roles import Role
from workers.optional_dependencies import require_extra
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.locks import FileLock, held_exclusively
from workers.stack.record import RunningStack, configured_servers, running_stack

if TYPE_CHECKING:
    from workers.process_encryption import Encryption

POLL = 0.03
"""Seconds between checks that the stack is ready."""
READY_WITHIN = 90.0
"""Timeout in seconds for the stack to be ready, including the end of an earlier one."""
TRY_AGAIN = 1.0
"""Seconds between a start that failed and the next."""

log = logging.getLogger(__name__)


class Stack:
    """The addresses of the servers for a client; each server is embedded or configured."""

    def __init__(self, settings: Settings, home: Home, role: Role | None) -> None:
        self._settings = settings
        self._home = home
        self._role = role
        self._running: RunningStack | None = None
        self.pepper: SecretStr = settings.pepper or home.kept_pepper()
        """The secret from which every `user_ref` is derived: configured, or the one of the home directory."""

    @cached_property
    def _configured_temporal_address(self) -> str | None:
        # Imported here because it is slow: the supervisor is started first.
        from workers.client import configured_temporal

        profile = configured_temporal()
        return profile.address if profile else None

    @property
    def embedded(self) -> bool:
        """Whether any server is embedded. If none is, `selfology worker` runs the workers."""
        return self.embedded_database or self._configured_temporal_address is None

    @property
    def embedded_database(self) -> bool:
        """Whether PostgreSQL is embedded."""
        return self._settings.database_url is None

    @property
    def temporal_address(self) -> str:
        """Temporal's host and port."""
        return self._configured_temporal_address or self._known.temporal_address

    @property
    def ui_url(self) -> str | None:
        """The Web UI of the embedded Temporal server."""
        return self._running.ui_url if self._running else None

    @property
    def complaints(self) -> list[str]:
        """The faults that providers of language models reported when the stack started, one line each."""
        return self._running.complaints if self._running else []

    @property
    def backs_up(self) -> bool:
        """Whether the running stack backs its data up."""
        return self._running is not None and self._running.backups

    @property
    def database_url(self) -> str:
        """PostgreSQL's address for the client's role. Never log it: a configured one may hold a password.

        A configured address names its own login.
        """
        if self._settings.database_url:
            return self._settings.database_url
        url = self._known.embedded_database_url or ""
        return self._role.at(url) if self._role else url

    async def ensure_alive(self) -> bool:
        """Starts the stack if it does not run, and returns whether it did. Cheap while it runs.

        The addresses stay the same unless another program has taken their ports. Raises `OperatorError` when the stack
        can't be started.
        """
        if not self.embedded or (self._running is not None and running_stack(self._home) == self._running):
            return False
        self._running = await _start(self._settings, self._home, again=self._running is not None)
        if self._running.servers != configured_servers(self._settings):
            raise OperatorError(
                f"The stack that runs in {self._home.root} was started for other servers: leave it first, or set"
                " DATABASE_URL, QDRANT_URL and Temporal's address as they were then, or set another SELFOLOGY_HOME."
            )
        return True

    def encryption(self) -> AbstractAsyncContextManager[Encryption]:
        """Opens the keys of the running stack, or the configured ones."""
        from workers.process_encryption import opened_encryption

        return opened_encryption(self._home if self.embedded else None)

    async def check_database(self) -> None:
        """Raises `OperatorError` when this version can't work with the configured database.

        The supervisor migrates an embedded one.
        """
        if not self.embedded_database:
            from workers.migrations import migrations_of

            (await migrations_of(self.database_url)).refuse_other()

    @property
    def _known(self) -> RunningStack:
        assert self._running is not None
        return self._running


@asynccontextmanager
async def joined_stack(settings: Settings, role: Role | None = None) -> AsyncIterator[Stack]:
    """Yields the stack of the home directory and keeps it running while the context is open.

    `role` is the client's in an embedded database; None is its owner. Starts nothing when Temporal and PostgreSQL are
    both configured. Raises `OperatorError` when a server can't be started or the home directory can't be used.
    """
    home = Home.prepared(settings.home)
    stack = Stack(settings, home, role)
    clients = FileLock(home.clients_lock)
    try:
        if stack.embedded:
            require_extra("embedded", otherwise=", or set DATABASE_URL and TEMPORAL_ADDRESS")
            await _join(clients)
            await stack.ensure_alive()
        yield stack
    finally:
        clients.close()


async def _join(clients: FileLock) -> None:
    """Takes the clients' lock, which keeps the stack alive. Waits first until a stack that is ending has ended."""
    try:
        async with asyncio.timeout(READY_WITHIN):
            while not clients.try_shared():  # noqa: ASYNC110 - a file lock has no event to wait for
                await asyncio.sleep(POLL)
    except TimeoutError:
        raise OperatorError(
            f"An earlier stack has not ended within {READY_WITHIN:.0f} s: end the process that runs workers.stack."
        ) from None


async def _start(settings: Settings, home: Home, *, again: bool) -> RunningStack:
    """Waits until the stack runs, and starts a supervisor whenever there is none.

    One that fails to start is reported; but `again`, after a stack that ran, another one is started, because a server
    may have been killed just then.
    """
    supervisor: subprocess.Popen[str] | None = None
    try:
        async with asyncio.timeout(READY_WITHIN):
            while True:
                if running := running_stack(home):
                    return running
                if supervisor is not None and supervisor.poll():
                    failure = _failure(supervisor, home)
                    if not again:
                        raise OperatorError(failure)
                    log.warning("The stack could not be started again, and is tried once more: %s", failure)
                    await asyncio.sleep(TRY_AGAIN)
                    supervisor = None
                # A supervisor that ended with code 0 found another one, which may have ended since.
                if (supervisor is None or supervisor.poll() is not None) and not held_exclusively(home.stack_lock):
                    supervisor = _spawn(settings, home)
                    # Imported now because it is slow and the supervisor needs time to start.
                    import workers.client  # noqa: F401
                await asyncio.sleep(POLL)
    except TimeoutError:
        raise OperatorError(
            f"The embedded stack is not ready after {READY_WITHIN:.0f} s; {home.log_of('supervisor')} says more."
        ) from None
    finally:
        if supervisor is not None and supervisor.stdout is not None:
            supervisor.stdout.close()


def _spawn(settings: Settings, home: Home) -> subprocess.Popen[str]:
    """Starts a supervisor that outlives this process and its terminal."""
    with home.open_log("supervisor") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "workers.stack"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            start_new_session=True,
        )
    assert supervisor.stdin is not None
    with supervisor.stdin as settings_to:
        settings_to.write(settings.model_dump_json(exclude={"pepper"}))
    return supervisor


def _failure(supervisor: subprocess.Popen[str], home: Home) -> str:
    """Returns why a supervisor ended: the line that it wrote for its client."""
    assert supervisor.stdout is not None
    with supervisor.stdout as said:
        line = said.read().strip()
    return line or f"The embedded stack ended with code {supervisor.returncode}; {home.log_of('supervisor')} says why."
