"""The usage log of language models: what calls cost, what is left of the day, and what operators are told of it."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import cast

import asyncpg
import pytest

from activities.ai.prices import Prices, listed_prices
from activities.ai.usage import Usage
from activities.analysis.budget import Spending
from activities.analysis.model_usage import ModelCalls, costs
from schema.analysis.routing import Budget

PRICES = {
    "openai/cheap": Prices(input=Decimal(1), cached=Decimal("0.1"), output=Decimal(5)),
    "anthropic/dear": Prices(input=Decimal(10), cached=Decimal(1), output=Decimal(50)),
}


@pytest.fixture(autouse=True)
async def empty_usage_log(pool: asyncpg.Pool) -> None:
    await pool.execute("TRUNCATE analysis_system.model_calls")


def usage(analyst: str = "openai/cheap", task: str = "deep", **tokens: int) -> Usage:
    counted = {"tokens_in": 1000, "tokens_out": 100, "tokens_cached": 0, **tokens}
    return Usage(analyst=analyst, task=task, prompt_version="deep.en@2", latency_ms=900, **counted)


def usage_log(pool: asyncpg.Pool) -> ModelCalls:
    """A usage log that waits for each write as long as a slow machine takes."""
    return ModelCalls(pool, PRICES, patience=30)


async def record(pool: asyncpg.Pool, *usages: Usage) -> None:
    for each in usages:
        await usage_log(pool).record(str(uuid.uuid4()), each)


@asynccontextmanager
async def away(pool: asyncpg.Pool) -> AsyncIterator[None]:
    """The usage log can be neither written nor read."""
    # The view would follow the table.
    away, back = "ALTER TABLE {0}.model_calls RENAME TO away;", "ALTER TABLE {0}.away RENAME TO model_calls;"
    await pool.execute("".join(away.format(schema) for schema in ("analysis_system", "shared")))
    try:
        yield
    finally:
        await pool.execute("".join(back.format(schema) for schema in ("analysis_system", "shared")))


def test_cached_input_costs_less_and_caching_it_more() -> None:
    dear = PRICES["anthropic/dear"]
    assert dear.cost(usage(tokens_in=1000, tokens_out=100, tokens_cached=0)) == Decimal("0.015")
    assert dear.cost(usage(tokens_in=1000, tokens_out=100, tokens_cached=1000)) == Decimal("0.006")
    assert dear.cost(usage(tokens_in=1000, tokens_out=100, tokens_written=1000)) == Decimal("0.015")
    caching = dear.model_copy(update={"written": Decimal("12.5")})
    assert caching.cost(usage(tokens_in=1000, tokens_out=100, tokens_written=1000)) == Decimal("0.0175")


def test_list_prices_are_known_of_current_models_and_of_no_invented_one() -> None:
    prices = listed_prices("anthropic/claude-sonnet-5-5")
    assert prices.written is not None
    assert 0 < prices.cached < prices.input < prices.written < prices.output
    with pytest.raises(LookupError):
        listed_prices("openai/zanzibar-1")


async def test_costs_are_added_up_by_model_by_task_and_by_day(pool: asyncpg.Pool) -> None:
    await record(pool, usage(), usage(task="instant", tokens_out=0), usage("anthropic/dear"))
    by_model = await costs(pool, "model", 1)
    # The dearest first.
    assert [(row.group, row.calls, row.cost) for row in by_model] == [
        ("anthropic/dear", 1, Decimal("0.015")),
        ("openai/cheap", 2, Decimal("0.0025")),
    ]
    assert [(row.group, row.calls) for row in await costs(pool, "task", 1)] == [("deep", 2), ("instant", 1)]
    today = await pool.fetchval("SELECT (now() AT TIME ZONE 'UTC')::date")
    assert [(row.group, row.cost) for row in await costs(pool, "day", 1)] == [(str(today), Decimal("0.0175"))]


async def test_the_budget_is_that_of_the_day(pool: asyncpg.Pool) -> None:
    await record(pool, usage("anthropic/dear"))
    await pool.execute("UPDATE analysis_system.model_calls SET called_at = now() - interval '1 day'")
    await record(pool, usage("anthropic/dear", tokens_out=0))
    assert await Spending(pool, None).spent_today() == Decimal("0.01")
    assert [len(await costs(pool, "day", days)) for days in (1, 2, 3660)] == [1, 2, 2]


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "UTC", "Pacific/Kiritimati"])
@pytest.mark.parametrize("apart", ["-1 day", "0", "1 day"])
async def test_days_are_cut_by_the_databases_clock_in_utc_wherever_a_worker_and_its_clock_stand(
    pool: asyncpg.Pool, apart: str, zone: str
) -> None:
    # What nobody can do to a server of a test is to set its clock: so it reads another one.
    await pool.execute("CREATE SCHEMA IF NOT EXISTS another_clock")
    await pool.execute(
        "CREATE OR REPLACE FUNCTION another_clock.now() RETURNS timestamptz LANGUAGE sql STABLE"
        f" AS $$ SELECT pg_catalog.now() + interval '{apart}' $$"
    )
    async with pool.acquire() as connection:
        await connection.execute(f"SET TimeZone = '{zone}'; SET search_path = another_clock, pg_catalog")
        # Of one connection, which does what is asked of a pool here.
        elsewhere = cast("asyncpg.Pool", connection)
        await record(elsewhere, usage("anthropic/dear"))
        today = await elsewhere.fetchval("SELECT (now() AT TIME ZONE 'UTC')::date")
        assert await Spending(elsewhere, None).spent_today() == Decimal("0.015")
        assert [row.group for row in await costs(elsewhere, "day", 1)] == [str(today)]
        for seconds, is_today in ((0, True), (-1, False)):
            await elsewhere.execute(
                "UPDATE analysis_system.model_calls SET called_at = ($1::date + $2::interval) AT TIME ZONE 'UTC'",
                *(today, timedelta(seconds=seconds)),
            )
            assert bool(await Spending(elsewhere, None).spent_today()) is is_today
            assert bool(await costs(elsewhere, "day", 1)) is is_today
    await pool.execute("DROP SCHEMA another_clock CASCADE")


@pytest.mark.parametrize(
    ("limit", "budget", "told"),
    [
        (None, Budget.AMPLE, ""),
        ("1.00", Budget.AMPLE, ""),
        ("0.018", Budget.TIGHT, "only the small tier reads until midnight UTC"),
        ("0.015", Budget.SPENT, "the offline analyst reads until midnight UTC"),
        ("0", Budget.SPENT, "the offline analyst reads until midnight UTC"),
    ],
)
async def test_a_budget_tightens_and_operators_are_told_once(
    pool: asyncpg.Pool, caplog: pytest.LogCaptureFixture, limit: str | None, budget: Budget, told: str
) -> None:
    await record(pool, usage("anthropic/dear"))
    spending = Spending(pool, Decimal(limit) if limit else None)
    with caplog.at_level(logging.WARNING):
        assert [await spending.budget() for _ in range(3)] == [budget] * 3
    assert len(caplog.messages) == (1 if told else 0)
    assert told in caplog.text


async def test_when_the_books_can_not_be_read_the_last_figure_stands_and_operators_are_told_once(
    pool: asyncpg.Pool, caplog: pytest.LogCaptureFixture
) -> None:
    await record(pool, usage("anthropic/dear"))
    spending = Spending(pool, Decimal("0.015"), look_every=0)
    assert await spending.budget() is Budget.SPENT
    async with away(pool):
        caplog.clear()
        assert [await spending.budget() for _ in range(3)] == [Budget.SPENT] * 3
        assert caplog.messages == [
            "Language models: today's spending can't be read (UndefinedTableError); the last figure stands"
        ]
    await pool.execute("TRUNCATE analysis_system.model_calls")
    assert await spending.budget() is Budget.AMPLE


async def test_the_next_day_all_read_again(pool: asyncpg.Pool, caplog: pytest.LogCaptureFixture) -> None:
    await record(pool, usage("anthropic/dear"))
    spending = Spending(pool, Decimal("0.01"), look_every=0)
    assert await spending.budget() is Budget.SPENT
    await pool.execute("UPDATE analysis_system.model_calls SET called_at = called_at - interval '1 day'")
    assert await spending.budget() is Budget.AMPLE
    assert "all tiers read" in caplog.text


# Books that can't be written


async def entered(pool: asyncpg.Pool) -> list[str]:
    return [row["task"] for row in await pool.fetch("SELECT task FROM analysis_system.model_calls ORDER BY call_id")]


async def test_calls_that_can_not_be_entered_are_entered_with_the_next_one_and_operators_are_told_once(
    pool: asyncpg.Pool, caplog: pytest.LogCaptureFixture
) -> None:
    calls = usage_log(pool)
    async with away(pool):
        for task in ("instant", "deep"):
            await calls.record(str(uuid.uuid4()), usage(task=task))
    assert caplog.messages == [
        "Language models: calls can't be written to the usage log (UndefinedTableError); the next call tries again"
        " for all"
    ]
    await calls.record(None, usage(task="embed"))
    assert await entered(pool) == ["instant", "deep", "embed"]
    assert calls.unrecorded() == 0
    await calls.record(None, usage(task="embed"))
    assert await entered(pool) == ["instant", "deep", "embed", "embed"]


async def test_what_is_not_in_the_books_yet_counts_for_the_budget(pool: asyncpg.Pool) -> None:
    calls = ModelCalls(pool, PRICES)
    spending = Spending(pool, Decimal("0.015"), unrecorded=calls.unrecorded, look_every=0)
    async with pool.acquire() as reader, reader.transaction():
        await reader.execute("LOCK TABLE analysis_system.model_calls IN SHARE MODE")
        # Nobody may write for now, and recording does not wait for it.
        await calls.record(None, usage("anthropic/dear"))
        assert not await entered(pool)
        assert await spending.budget() is Budget.SPENT
    async with asyncio.timeout(30):
        while calls.unrecorded():
            await asyncio.sleep(0.01)
    assert await spending.spent_today() == Decimal("0.015")


async def test_books_of_late_hold_when_a_call_was(pool: asyncpg.Pool) -> None:
    calls = usage_log(pool)
    before = await pool.fetchval("SELECT clock_timestamp()")
    async with away(pool):
        await calls.record(None, usage())
        after = await pool.fetchval("SELECT clock_timestamp()")
    await calls.record(None, usage())
    first = await pool.fetchval("SELECT min(called_at) FROM analysis_system.model_calls")
    assert before - timedelta(seconds=1) < first <= after
