"""The whole system on this machine, as on real servers: a process for each part, with metrics and probes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.keys import key_settings
from tests.ops.programs import Process, Temporal
from tests.ports import free_port
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


@asynccontextmanager
async def running_system(home: Home, api: BotApi) -> AsyncIterator[System]:
    """The servers of the embedded stack, and the processes of a deployment on them, until the context is left.

    The embedded stack has its workers in the process that starts everything again, so nothing in it stays down.
    """
    home.ports.write_text(Ports(frontend=free_port(), ui=free_port()).model_dump_json(), encoding="utf-8")
    database, temporal = PostgresServer(home), Temporal(home)
    started: list[Server] = [database, temporal]
    try:
        await asyncio.gather(*(server.launch() for server in started))
        await asyncio.gather(*(server.ready() for server in started))
        owner, keys = database.database_url, key_settings(database.database_url)
        await migrate(owner)
        await migrate(keys["KEYS_DATABASE_URL"], KEY_MIGRATIONS / "postgres")
        processes = _processes(home, api, temporal.address, owner, keys)
        started += processes.values()
        await asyncio.gather(*(process.launch() for process in processes.values()))
        await asyncio.gather(*(process.ready() for process in processes.values()))
        yield System(temporal, database, processes)
    finally:
        # Processes drain, for which they need the servers.
        for group in (started[2:], started[:2]):
            await asyncio.gather(*(each.stop() for each in group))


def _processes(home: Home, api: BotApi, temporal: str, owner: str, keys: dict[str, str]) -> dict[str, Process]:
    settings = {
        "SELFOLOGY_HOME": str(home.root),
        "SELFOLOGY_PEPPER": secrets.token_hex(16),
        "SELFOLOGY_LOCALE": "en",
        "TEMPORAL_ADDRESS": temporal,
        **keys,
    }
    telegram = {"SELFOLOGY_TELEGRAM_TOKEN": api.token, "SELFOLOGY_TELEGRAM_API_URL": api.url}
    worker, bot = ({**settings, "DATABASE_URL": role.at(owner)} for role in (Role.WORKER, Role.BOT))
    return {
        "worker": Process(home, "worker", ["worker"], worker),
        "bot": Process(home, "bot", ["bot"], {**bot, **telegram}),
        "vectors": Process(home, "vectors", ["vectors", "serve"], worker),
    }
