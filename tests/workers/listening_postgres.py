"""A PostgreSQL server as operators have them: it listens on a port and asks for passwords."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg

from tests.ports import free_port
from tests.scratch import scratch
from workers.stack.home import Home
from workers.stack.postgres import DATABASE, PostgresServer
from workers.stack.server import Launch


class ListeningPostgres(PostgresServer):
    """The embedded server with a port; its owner still comes by the socket."""

    def __init__(self, home: Home, port: int) -> None:
        super().__init__(home)
        self.port = port

    async def prepare(self) -> Launch:
        launch = await super().prepare()
        rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self.home.postgres / "pg_hba.conf").write_text(rules)
        listen = ("-c", "listen_addresses=127.0.0.1", "-c", f"port={self.port}")
        return replace(launch, command=[*launch.command, *listen])

    async def role(self, name: str, password: str) -> str:
        """Makes a role that may come in and look, and no more."""
        owner = await asyncpg.connect(self.owners_url(DATABASE))
        try:
            make = "SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)"
            await owner.execute(await owner.fetchval(make, name, password))
        finally:
            await owner.close()
        return name

    def owners_url(self, database: str) -> str:
        """The socket, which asks for no password."""
        return self._address(database)


@asynccontextmanager
async def listening_postgres() -> AsyncIterator[ListeningPostgres]:
    """The server, with an empty database of ours."""
    # Not pytest's directory, which is closed to PostgreSQL's own user.
    root = Path(tempfile.mkdtemp(prefix="selfology-", dir=scratch()))
    server = ListeningPostgres(Home.prepared(root / "home"), free_port())
    try:
        await server.launch()
        await server.ready()
        owner = await asyncpg.connect(server.owners_url("postgres"))
        await owner.execute(f"CREATE DATABASE {DATABASE}")
        await owner.close()
        yield server
    finally:
        await server.stop()
        shutil.rmtree(root)
