"""The whole system on this machine, as on real servers: a process for each part, with metrics and probes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.keys import key_settings
from tests.ops.programs import Process, Temporal
from tests.ports import free_port
from tests.stack.conftest import command_line
from tests.telegram.bot_api import BotApi
from workers.database_roles import Role
from workers.migrations import KEY_MIGRATIONS, migrate
from workers.stack.home import Home
from workers.stack.ports import Ports
from workers.stack.postgres import PostgresServer
from workers.stack.server import Server


@dataclass(frozen=True)
class System:
    """What runs, by its name."""

    temporal: Temporal
    database: PostgresServer
    processes: dict[str, Process]

    @property
    def parts(self) -> dict[str, Server]:
        """All that can be killed."""
        return {"temporal": self.temporal, "database": self.database, **self.processes}

    @property
    def jobs(self) -> dict[str, str]:
        """Where Prometheus asks for metrics, by its name for them."""
        ours = {f"selfology-{name}": process.metrics for name, process in self.processes.items()}
        return {**ours, "temporal": self.temporal.metrics}

    async def kill(self, name: str) -> int:
        """Ends a part by `kill -9`; its process id."""
        process = self.parts[name].process
        assert process is not None
        process.kill()
        await process.wait()
        return process.pid

    async def start(self, name: str) -> None:
        """Starts a part anew, and waits until it is ready."""
        await self.parts[name].launch()
        await self.parts[name].ready()


@dataclass(frozen=True)
class Servers:
    """The servers of the embedded stack, and what the processes of a deployment are told of them."""

    home: Home
    temporal: Temporal
    database: PostgresServer
    settings: dict[str, str]

    def process(self, name: str, command: Sequence[str], role: Role, **settings: str) -> Process:
        """A process of `selfology` on them, with the login of its role."""
        return Process(self.home, name, command, self.told(role) | settings)

    def told(self, role: Role) -> dict[str, str]:
        """What a process of that role is told."""
        return self.settings | {"DATABASE_URL": role.at(self.database.database_url)}

    async def migrate(self) -> None:
        """Brings both databases to what this code works with."""
        await migrate(self.database.database_url)
        await migrate(self.settings["KEYS_DATABASE_URL"], KEY_MIGRATIONS / "postgres")

    def bot(self, api: BotApi) -> Process:
        """The bot of that Telegram."""
        telegram = {"SELFOLOGY_TELEGRAM_TOKEN": api.token, "SELFOLOGY_TELEGRAM_API_URL": api.url}
        return self.process("bot", command_line("bot"), Role.BOT, **telegram)


@asynccontextmanager
async def running_servers(home: Home, *, migrated: bool = True) -> AsyncIterator[Servers]:
    """The servers of the embedded stack with their tables, or none, until the context is left.

    The embedded stack has its workers in the process that starts everything again, so nothing in it stays down.
    """
    home.ports.write_text(Ports(frontend=free_port(), ui=free_port()).model_dump_json(), encoding="utf-8")
    database, temporal = PostgresServer(home), Temporal(home)
    try:
        await asyncio.gather(database.launch(), temporal.launch())
        await asyncio.gather(database.ready(), temporal.ready())
        keys = key_settings(database.database_url)
        settings = {
            "SELFOLOGY_HOME": str(home.root),
            "SELFOLOGY_PEPPER": secrets.token_hex(16),
            "SELFOLOGY_LOCALE": "en",
            "TEMPORAL_ADDRESS": temporal.address,
            **keys,
        }
        servers = Servers(home, temporal, database, settings)
        if migrated:
            await servers.migrate()
        yield servers
    finally:
        await asyncio.gather(database.stop(), temporal.stop())


@asynccontextmanager
async def running(*processes: Process) -> AsyncIterator[None]:
    """Runs processes until the context is left. They drain then."""
    try:
        await asyncio.gather(*(process.launch() for process in processes))
        await asyncio.gather(*(process.ready() for process in processes))
        yield
    finally:
        await asyncio.gather(*(process.stop() for process in processes))


@asynccontextmanager
async def running_system(home: Home, api: BotApi) -> AsyncIterator[System]:
    """The whole system, until the context is left."""
    async with running_servers(home) as servers:
        processes = {
            "worker": servers.process("worker", command_line("worker"), Role.WORKER),
            "bot": servers.bot(api),
            "vectors": servers.process("vectors", command_line("vectors", "serve"), Role.WORKER),
        }
        async with running(*processes.values()):
            yield System(servers.temporal, servers.database, processes)
