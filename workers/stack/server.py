"""Starts, watches, restarts and stops a server process of the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

import psutil

from schema.operator_error import OperatorError
from workers.executables import basic_environment
from workers.stack.home import Home

POLL = 0.02
"""Seconds between checks that a server is ready."""
READY_WITHIN = 60.0
"""Timeout in seconds for a server to be ready; PostgreSQL may have to recover first."""
STOP_WITHIN = 5.0
"""Seconds that a server may take to stop before it is killed. Neither server loses data by that."""
PAUSE_BEFORE_RESTART = 0.2
"""Seconds before a dead server is restarted, so that one that keeps dying does not keep a core busy."""

log = logging.getLogger(__name__)


class Account(NamedTuple):
    """The user id and group id of a system user."""

    user: int
    group: int


@dataclass(frozen=True)
class Launch:
    """How a server's process is started."""

    command: list[str]
    directory: Path
    account: Account | None = None
    """The user to run as; None for the user of this process."""

    async def start(self, output: BinaryIO | int) -> asyncio.subprocess.Process:
        """Starts the process with its output sent to `output`. Only its user can read the files that it creates."""
        return await asyncio.create_subprocess_exec(
            *self.command,
            cwd=self.directory,
            env=basic_environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            umask=0o077,
            user=self.account and self.account.user,
            group=self.account and self.account.group,
            extra_groups=self.account and [],
        )


class Server(ABC):
    """One server process. A subclass says how it is started and when it is ready."""

    name: str
    stop_signal: signal.Signals

    def __init__(self, home: Home) -> None:
        self.home = home
        self.process: asyncio.subprocess.Process | None = None

    @abstractmethod
    async def prepare(self) -> Launch:
        """Creates what the server needs, and returns how to start it."""

    @abstractmethod
    async def is_ready(self) -> bool:
        """Returns whether the running process serves."""

    @abstractmethod
    def owns(self, process: psutil.Process) -> bool:
        """Returns whether a process of this name uses the data of this home directory."""

    async def launch(self) -> None:
        """Kills the processes that a killed supervisor left on the same data, and starts the server's process."""
        await self.end_leftovers()
        launch = await self.prepare()
        with self.home.open_log(self.name) as output:
            self.process = await launch.start(output)

    async def ready(self) -> None:
        """Waits until the launched server serves. Raises `OperatorError`, with a line of its log, when it does not."""
        assert self.process is not None
        deadline = asyncio.get_running_loop().time() + READY_WITHIN
        while not await self.is_ready():
            if self.process.returncode is not None:
                raise OperatorError(f"{self.name} did not start: {self._last_error()}")
            if asyncio.get_running_loop().time() > deadline:
                raise OperatorError(f"{self.name} is not ready after {READY_WITHIN:.0f} s: {self._last_error()}")
            await asyncio.sleep(POLL)

    async def wait_until_serving(self) -> None:
        """Waits until the server serves, while `keep_running` restarts it."""
        while self.process is None or self.process.returncode is not None or not await self.is_ready():  # noqa: ASYNC110
            await asyncio.sleep(POLL)

    async def keep_running(self) -> None:
        """Restarts the server whenever it ends. Raises `OperatorError` when that fails."""
        while True:
            assert self.process is not None
            code = await self.process.wait()
            log.warning("%s ended by itself with exit code %s; starting it again", self.name, code)
            await asyncio.sleep(PAUSE_BEFORE_RESTART)
            await self.launch()
            await self.ready()

    async def stop(self) -> None:
        """Stops the server if it runs."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), STOP_WITHIN)
        except TimeoutError:
            log.warning("%s did not stop within %.0f s; killing it", self.name, STOP_WITHIN)
            self.kill()
            await self.process.wait()

    def kill(self) -> None:
        """Kills the server if it runs. It loses no data by that."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()

    async def end_leftovers(self) -> None:
        """Kills the processes on the same data that a killed supervisor left."""
        leftovers = [process for process in psutil.process_iter() if self._is_leftover(process)]
        for process in leftovers:
            log.warning("%s of a killed supervisor still runs as process %s; killing it", self.name, process.pid)
            # Killing is quicker than stopping, and people are waiting.
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        while any(is_alive(process) for process in leftovers):  # noqa: ASYNC110 - not children, so there is no event
            await asyncio.sleep(POLL)

    def _is_leftover(self, process: psutil.Process) -> bool:
        try:
            return is_alive(process) and process.name() == self.name and self.owns(process)
        except psutil.Error:
            # The process has just ended or belongs to another user.
            return False

    def _last_error(self) -> str:
        """Returns the last line of the server's log that looks like an error, else its last line."""
        path = self.home.log_of(self.name)
        lines = [line.strip() for line in path.read_text(errors="replace").splitlines()[-20:] if line.strip()]
        telling = [line for line in lines if any(sign in line for sign in ("FATAL", "Error", "error"))]
        words = (telling or lines or ["it said nothing"])[-1]
        return f"{words.rstrip('.')}. More in {path}."


def is_alive(process: psutil.Process) -> bool:
    """Returns whether a process still holds ports and files. A zombie does not, once all its threads have ended."""
    try:
        # The first thread of a killed process can be a zombie while the others still hold its ports.
        return process.is_running() and (process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1)
    except psutil.NoSuchProcess:
        return False
