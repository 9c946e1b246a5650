"""The system on this machine with several versions of its workers, and an operator at its command line."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.ops.programs import Process
from tests.ops.system import Servers, running, running_servers
from tests.stack.conftest import command_line
from tests.telegram.bot_api import BotApi
from workers.database_roles import Role
from workers.stack.home import Home

DEPLOYMENT = "selfology"


class Said(NamedTuple):
    """What a command came to."""

    code: int
    text: str


@dataclass(frozen=True)
class Code:
    """Code that workers run, and commands."""

    build: str
    command: Sequence[str] = field(default_factory=command_line)
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, build: str, folder: Path, python: str = sys.executable, **settings: str) -> Code:
        """The code in a folder."""
        return cls(build, (python, *command_line()[1:]), {"PYTHONPATH": str(folder), **settings})


class Telling(Process):
    """A process that says in its log when it serves, as those do that have no probes yet."""

    async def is_ready(self) -> bool:
        await asyncio.sleep(0.2)
        log = self.home.log_of(self.name).read_text(encoding="utf-8")
        return "Workers run." in log or "Selfology listens" in log


class Stage:
    """The servers, the bot, and the workers of each version that runs."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.workers: dict[str, Telling] = {}

    async def start(self, code: Code) -> None:
        """Starts a worker, and waits until it is ready."""
        settings = self.servers.told(Role.WORKER) | _settings(code)
        worker = Telling(self.servers.home, f"worker-{code.build}", [*code.command, "worker"], settings)
        self.workers[code.build] = worker
        await worker.launch()
        await worker.ready()

    async def stop(self, build: str) -> None:
        """Has a worker drain, and end."""
        await self.workers.pop(build).stop()

    async def deploy(self, code: Code, *arguments: str) -> Said:
        """Runs `selfology deploy` with that code."""
        process = await asyncio.create_subprocess_exec(
            *(*code.command, "deploy", *arguments),
            env=os.environ | self.servers.told(Role.WORKER) | _settings(code),
            cwd=self.servers.home.root,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode is not None
        return Said(process.returncode, output.decode().strip())


def _settings(code: Code) -> dict[str, str]:
    return {"SELFOLOGY_DEPLOYMENT": DEPLOYMENT, "SELFOLOGY_BUILD_ID": code.build, **code.settings}


@asynccontextmanager
async def stage(home: Home, api: BotApi, **settings: str) -> AsyncIterator[Stage]:
    """The servers and the bot, until the context is left. Nobody serves the workers' queues yet."""
    async with AsyncExitStack() as exits:
        servers = await exits.enter_async_context(running_servers(home))
        servers.settings.update(settings)
        await exits.enter_async_context(running(servers.bot(api)))
        set_up = Stage(servers)
        try:
            yield set_up
        finally:
            await asyncio.gather(*(worker.stop() for worker in set_up.workers.values()))
