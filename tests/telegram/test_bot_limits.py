"""How much one person may ask: counted here or in Redis, over a real wire."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fakeredis import TcpFakeServer
from redis.asyncio import Redis

from gateway.telegram.inbound import throttling
from tests.people.telegram_user import PATIENCE, TelegramUser, until
from tests.ports import free_port
from tests.telegram.clock import Clock, WallClock
from tests.telegram.conftest import RunsBot


async def writes_help(person: TelegramUser, times: int) -> None:
    for _ in range(times):
        await person.writes("/help")


def helped(person: TelegramUser) -> int:
    return sum(message.text == person.text("telegram-help") for message in person.phone.screen)


def told(person: TelegramUser) -> int:
    return sum(message.text == person.text("telegram-too-many") for message in person.phone.screen)


@contextmanager
def redis() -> Iterator[str]:
    """The address of a Redis server."""
    port = free_port()
    server = TcpFakeServer(("127.0.0.1", port), server_type="redis")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_too_much_is_told_once_and_others_are_not_touched(runs_bot: RunsBot, mode: str) -> None:
    async with runs_bot(mode, limit=5) as town:
        anna, boris = town.somebody(), town.somebody()
        await writes_help(anna, 12)
        await writes_help(boris, 5)
        await until(lambda: helped(boris) == 5)
        await until(lambda: told(anna) == 1)
        assert not await _more_than(anna, helps=5, words=1)


async def test_a_tap_above_the_limit_is_answered_and_does_nothing(runs_bot: RunsBot) -> None:
    async with runs_bot(limit=1) as town:
        anna = town.somebody()
        await anna.writes("/start")
        greeting = await anna.sees("consent-question")
        await anna.phone.taps(anna.text("choice-agree"))
        await anna.phone.taps(anna.text("choice-agree"), greeting)
        await until(lambda: anna.phone.toasts == [anna.text("telegram-too-many"), ""])
        assert greeting.buttons
        assert (await anna.progress()).stage == "CONSENT"


async def test_the_window_moves_on(runs_bot: RunsBot, clock: Clock) -> None:
    async with runs_bot(limit=2, limit_window=60) as town:
        anna = town.somebody()
        await writes_help(anna, 3)
        await until(lambda: (helped(anna), told(anna)) == (2, 1))
        clock.ahead = 61
        await writes_help(anna, 3)
        await until(lambda: (helped(anna), told(anna)) == (4, 2))


async def test_a_clock_that_is_set_back_keeps_nobody_out(
    runs_bot: RunsBot, clock: Clock, wall_clock: WallClock
) -> None:
    async with runs_bot(limit=2, limit_window=60) as town:
        anna = town.somebody()
        await writes_help(anna, 3)
        await until(lambda: (helped(anna), told(anna)) == (2, 1))
        wall_clock.ahead = -3600
        clock.ahead = 61
        await writes_help(anna, 3)
        await until(lambda: (helped(anna), told(anna)) == (4, 2))


async def test_a_window_in_redis_is_ended_by_redis(runs_bot: RunsBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "STORAGE_PATIENCE", PATIENCE)
    with redis() as address:
        async with (
            runs_bot(limit=1, limit_window=600, limits_storage=address) as town,
            Redis.from_url(address) as shelf,
        ):
            anna = town.somebody()
            await writes_help(anna, 3)
            await until(lambda: (helped(anna), told(anna)) == (1, 1))
            counts = await shelf.keys()
            assert len(counts) == 2
            for count in counts:
                assert 0 < await shelf.ttl(count) <= 600
            await shelf.delete(*counts)
            await writes_help(anna, 3)
            await until(lambda: (helped(anna), told(anna)) == (2, 2))


async def test_gateways_that_share_redis_count_together(runs_bot: RunsBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "STORAGE_PATIENCE", PATIENCE)
    with redis() as address:
        async with runs_bot(limit=4, limits_storage=address) as town:
            anna = town.somebody()
            await writes_help(anna, 3)
            await until(lambda: helped(anna) == 3)
        # Another process takes over.
        async with runs_bot(limit=4, limits_storage=address):
            await writes_help(anna, 3)
            await until(lambda: (helped(anna), told(anna)) == (4, 1))


async def test_when_redis_is_away_people_are_let_in_and_operators_are_told_once(
    runs_bot: RunsBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gateway")
    address = f"redis://:a-password@127.0.0.1:{free_port()}/0"
    async with runs_bot(limit=2, limits_storage=address) as town:
        anna = town.somebody()
        await writes_help(anna, 5)
        await until(lambda: helped(anna) == 5)
    said = [record.getMessage() for record in caplog.records if "LIMITS_STORAGE" in record.getMessage()]
    assert len(said) == 1
    assert "a-password" not in caplog.text


async def _more_than(person: TelegramUser, helps: int, words: int) -> bool:
    await asyncio.sleep(0.2)
    return helped(person) > helps or told(person) > words
