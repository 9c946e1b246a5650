"""Whoever runs a process learns whether it lives and whether it can work, and why not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import asyncpg
import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.encryption.postgres_key_store import PostgresKeyStore
from gateway.telegram.app import connected
from gateway.telegram.settings import TelegramSettings
from schema.operator_error import OperatorError
from tests.ports import free_port
from tests.telegram.bot_api import BotApi
from workers.health import checks
from workers.health.probes import Check, Health, served_health
from workers.health.telegram import telegram_answers

Probe = Callable[[str], Awaitable[tuple[int, Any]]]
OK = "ok"


@activity.defn
async def nothing() -> None:
    """What a worker is there for."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """Where probes are answered."""
    number = free_port()
    monkeypatch.setenv("SELFOLOGY_HEALTH_HOST", "127.0.0.1")
    monkeypatch.setenv("SELFOLOGY_HEALTH_PORT", str(number))
    return number


@pytest.fixture
def probe(port: int) -> Probe:
    """Asks as a probe does: the status and the body."""

    def ask(path: str) -> tuple[int, Any]:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                status, body = answer.status, answer.read().decode()
        except HTTPError as error:
            status, body = error.code, error.read().decode()
        return status, json.loads(body) if body.startswith("{") else body

    return lambda path: asyncio.to_thread(ask, path)


@asynccontextmanager
async def polling(env: WorkflowEnvironment) -> AsyncIterator[Worker]:
    worker = Worker(env.client, task_queue="health", activities=[nothing])
    async with worker:
        yield worker


async def test_a_worker_without_pollers_lives_and_is_not_ready(
    env: WorkflowEnvironment, pool: asyncpg.Pool, database_url: str, probe: Probe
) -> None:
    look = [checks.temporal(env.client), checks.database(pool), checks.migrations(database_url)]
    async with served_health("worker", look) as health:
        idle = Worker(env.client, task_queue="health-idle", activities=[nothing])
        health.checks.append(checks.pollers(env.client, [idle]))
        assert (await probe("/livez"))[0] == 200
        status, told = await probe("/readyz")
        assert status == 503
        assert told["checks"] == {
            "temporal": OK,
            "database": OK,
            "migrations": OK,
            "pollers": "Nothing here asks for tasks on the queue health-idle.",
        }
        async with idle, asyncio.timeout(30):
            # The server learns of a poller by its first poll.
            while (await probe("/readyz"))[0] != 200:
                await asyncio.sleep(0.05)
        health.draining = True
        status, told = await probe("/readyz")
        assert (status, told["draining"]) == (503, True)
        assert (await probe("/livez"))[0] == 200


async def test_a_bot_is_ready_with_temporal_alone_and_says_that_telegram_is_away(
    env: WorkflowEnvironment, probe: Probe
) -> None:
    async with BotApi() as api:
        settings = TelegramSettings(token=api.token, api_url=api.url)
        async with connected(settings) as bot, asyncpg.create_pool("postgresql://x@127.0.0.1:1/x", min_size=0) as away:
            look = [checks.temporal(env.client), checks.database(away, needed=False), telegram_answers(bot)]
            async with served_health("bot", look):
                status, told = await probe("/readyz")
                assert (status, told["checks"]["telegram"]) == (200, OK)
                assert "PostgreSQL" in told["checks"]["database"]
                await api.goes_away()
                status, told = await probe("/readyz")
                assert (status, told["ready"]) == (200, True)
                assert "Telegram does not answer" in told["checks"]["telegram"]


async def test_who_lacks_the_keys_is_not_ready_and_says_where_they_are(probe: Probe) -> None:
    async with (
        asyncpg.create_pool("postgresql://x@127.0.0.1:1/x", min_size=0) as away,
        served_health("codec", [checks.key_store(PostgresKeyStore(away))]),
    ):
        status, told = await probe("/readyz")
    assert status == 503
    assert "KEYS_DATABASE_URL" in told["checks"]["keys"]


async def test_what_is_needed_and_away_is_told_without_its_words(probe: Probe) -> None:
    async def fails() -> None:
        raise ValueError("my sister Vera")

    async def away() -> None:
        raise OperatorError("Temporal is away: check TEMPORAL_ADDRESS and the network.")

    async with served_health("bot", [Check("odd", fails, needed=False), Check("temporal", away)]):
        status, told = await probe("/readyz")
        assert status == 503
        assert told["checks"]["odd"] == "failed: ValueError"
        assert "TEMPORAL_ADDRESS" in told["checks"]["temporal"]
        assert (await probe("/else"))[0] == 404


async def test_a_check_that_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.health.probes.LOOKS_WITHIN", 0.01)

    async def hangs() -> None:
        await asyncio.Event().wait()

    found = await Health([Check("database", hangs)]).look()
    assert not found.ready
    assert found.checks["database"].startswith("no answer within")


async def test_a_port_that_is_taken_is_named(port: int) -> None:
    async with served_health("bot", []):
        with pytest.raises(OperatorError, match="SELFOLOGY_HEALTH_PORT"):
            async with served_health("bot", []):
                pass


async def test_nobody_is_answered_where_no_address_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SELFOLOGY_HEALTH_HOST", raising=False)
    async with served_health("bot", []), served_health("bot", []) as health:
        assert (await health.look()).ready
