"""While workers drain after the last client has left, servers may die or hang and a new client may come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import psutil
import pytest

from tests.stack.conftest import has_a_successor, servers_of, until
from tests.stack.test_kills import until_served
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.locks import FileLock
from workers.stack.record import RunningStack, running_stack
from workers.stack.server import is_alive

pytestmark = pytest.mark.long


@asynccontextmanager
async def draining(settings: Settings, home: Home) -> AsyncIterator[tuple[RunningStack, psutil.Process]]:
    """A stack whose last client has left, and whose drain hangs because Temporal is frozen."""
    async with joined_stack(settings):
        before = running_stack(home)
        assert before is not None
        temporal = servers_of(home)["temporal"]
        temporal.suspend()
    await until(lambda: not home.record.exists())
    yield before, temporal


async def test_a_server_that_dies_comes_back_and_a_new_client_gets_the_stack_that_drained(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Longer than this test takes: the drain goes on until Temporal does.
    monkeypatch.setenv("SELFOLOGY_ENGINE_GRACEFUL_SHUTDOWN_TIMEOUT", "600")
    settings = Settings()
    async with draining(settings, home) as (before, temporal):
        postgres = servers_of(home)["postgres"]
        postgres.kill()
        await until(partial(has_a_successor, home, "postgres", postgres))

        clients = FileLock(home.clients_lock)
        assert clients.try_shared()
        temporal.resume()
        async with joined_stack(settings) as stack:
            clients.close()
            assert running_stack(home) == before
            await until_served(stack.database_url)


async def test_a_new_client_does_not_wait_for_a_drain_that_hangs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELFOLOGY_ENGINE_GRACEFUL_SHUTDOWN_TIMEOUT", "0.1")
    settings = Settings()
    async with draining(settings, home) as (before, temporal), joined_stack(settings) as stack:
        running = running_stack(home)
        assert running is not None
        assert running.supervisor != before.supervisor
        assert not is_alive(temporal)
        await until_served(stack.database_url)
    assert "not drained in time" in home.log_of("supervisor").read_text()
