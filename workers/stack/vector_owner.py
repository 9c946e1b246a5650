"""The process that owns the vectors, beside the supervisor's workers. Without it, people miss nothing but a search."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys

import psutil

from schema.base_model import Model
from workers.stack.home import Home
from workers.stack.server import STOP_WITHIN

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
"""Seconds before a process that ended is started again: more after each that did not last, as when a package lacks."""
LASTS = 60.0
"""Seconds after which a process has lasted."""
BUSY = 80.0
"""Percent of the machine beyond which people wait for it."""
MODULE = "workers.vectors"

log = logging.getLogger(__name__)


class Given(Model):
    """What a stack hands to the process, as a line of JSON on its standard input, which then stays open."""

    settings: str
    temporal_address: str
    database_url: str


def machine_is_busy() -> bool:
    """Whether most of the machine was in use since the last look, but for what stands back as the owner does."""
    used = psutil.cpu_times_percent()
    return used.user + used.system > BUSY


class VectorOwner:
    """Starts the process and starts it again whenever it ends."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.process: asyncio.subprocess.Process | None = None

    async def keep_running(self, given: str) -> None:
        """Runs it for ever. `given` is the line that it reads."""
        clock = asyncio.get_running_loop().time
        pause = FIRST_PAUSE
        self._end_leftovers()
        while True:
            began = clock()
            code = await self._run(given)
            pause = FIRST_PAUSE if clock() - began > LASTS else min(2 * pause, LONGEST_PAUSE)
            log.warning("The process of vectors ended with exit code %s; starting it again in %.0f s", code, pause)
            await asyncio.sleep(pause)

    async def stop(self) -> None:
        """Stops it if it runs. It loses nothing: what it has not indexed goes on waiting."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), STOP_WITHIN)
        except TimeoutError:
            self.kill()
            await self.process.wait()

    def kill(self) -> None:
        """Kills it if it runs."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()

    async def _run(self, given: str) -> int:
        with self._home.open_log("vectors") as output:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", MODULE, str(self._home.vectors)),
                # It stays open, and closes with the supervisor: then the process ends, too.
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                umask=0o077,
            )
        assert self.process.stdin is not None
        self.process.stdin.write(f"{given}\n".encode())
        return await self.process.wait()

    def _end_leftovers(self) -> None:
        """Kills one that a killed supervisor left: it ends by itself, unless it is frozen."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if [MODULE, str(self._home.vectors)] == process.cmdline()[-2:]:
                    process.kill()
