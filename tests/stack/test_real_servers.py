"""Real servers in place of embedded ones, and the database's commands."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from temporalio.testing import WorkflowEnvironment

from tests.keys import key_settings
from tests.stack.conftest import CommandResult, one_line, servers_of, started
from workers.client import SEARCH_ATTRIBUTES, connect, register_search_attributes
from workers.settings import Settings
from workers.stack.database import reachable_database
from workers.stack.home import Home
from workers.stack.join import joined_stack

Selfology = Callable[..., CommandResult]


async def test_workers_run_on_real_servers_until_sigterm_or_a_second_ctrl_c_when_they_cannot_drain(
    selfology: Selfology, settings: Settings, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        await WorkflowEnvironment.start_local(
            dev_server_existing_path=str(Path(sys.executable).with_name("temporal"))
        ) as temporal,
        reachable_database(settings) as database_url,
    ):
        address = temporal.client.service_client.config.target_host
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        for name, value in ({"DATABASE_URL": database_url} | key_settings(database_url)).items():
            monkeypatch.setenv(name, value)
        refused = await asyncio.to_thread(selfology, "worker")
        assert "selfology db migrate" in one_line(refused)
        assert (await asyncio.to_thread(selfology, "db", "migrate")).returncode == 0

        leaves, stays = started("worker"), started("worker")
        for worker in (leaves, stays):
            assert worker.stdout is not None
            assert "Workers run" in await asyncio.to_thread(worker.stdout.readline)
        leaves.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(leaves.wait) == 0

        async with joined_stack(Settings()) as stack:
            assert not stack.embedded
            assert not await stack.ensure_alive()
            assert set(servers_of(home)) == {"postgres"}
            client = await connect(stack.temporal_address)
            # The workers have registered them; once more changes nothing.
            await register_search_attributes(client)
            assert await client.count_workflows(" OR ".join(f"{name} IS NULL" for name in SEARCH_ATTRIBUTES))

        port = address.rpartition(":")[2]
        # Other tests of this process may have servers, too.
        server = next(child for child in psutil.Process().children() if port in child.cmdline())
        server.suspend()
        try:
            while stays.poll() is None:
                stays.send_signal(signal.SIGINT)
                await asyncio.sleep(0.1)
        finally:
            server.resume()
        assert stays.returncode == -signal.SIGINT


def test_migrations_of_the_embedded_database_go_both_ways(selfology: Selfology, home: Home) -> None:
    assert "Applied: " in selfology("db", "migrate").stdout
    assert "Pending: 0" in selfology("db", "status").stdout
    assert "Rolled back" in selfology("db", "rollback").stdout
    assert "Pending: 1" in selfology("db", "status").stdout
    assert servers_of(home) == {}


async def test_with_a_real_temporal_only_postgres_is_embedded(
    settings: Settings, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(Path(sys.executable).with_name("temporal"))
    ) as temporal:
        address = temporal.client.service_client.config.target_host
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        async with joined_stack(settings) as stack:
            assert stack.temporal_address == address
            assert stack.ui_url is None
            assert set(servers_of(home)) == {"postgres"}
