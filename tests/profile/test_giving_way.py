"""Indexing gives way to what people wait for, but not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
from temporalio.testing import ActivityEnvironment

from activities.profile.vectors import StoredVectors
from activities.qdrant.edge_store import EdgeStore
from schema.onboarding.bank import load_bank
from schema.profile.vectors import Indexing
from tests.activities.test_database import Someone
from tests.keys import encryption
from tests.profile.test_indexing import RIVER, answers, waiting
from tests.vectors import Embeds


class Machine:
    """A machine that is busy or not; it counts who looks."""

    def __init__(self, *, busy: bool) -> None:
        self.is_busy = busy
        self.looks = 0

    def busy(self) -> bool:
        self.looks += 1
        return self.is_busy

    async def was_looked_at(self, times: int) -> None:
        """Waits until somebody has looked so many times more."""
        until = self.looks + times
        while self.looks < until:
            await asyncio.sleep(0.01)


@asynccontextmanager
async def indexes(pool: asyncpg.Pool, store: EdgeStore, machine: Machine, gives_way: timedelta) -> AsyncIterator[None]:
    """Indexes what waits while the context is open."""
    vectors = StoredVectors(
        pool,
        encryption().columns,
        store,
        Embeds(),
        load_bank(),
        busy=machine.busy,
        gives_way=gives_way,
    )
    turn = Indexing(lasts=timedelta(hours=1), gather=timedelta(milliseconds=10), profiles_rest=timedelta(0))
    running = ActivityEnvironment()
    working = asyncio.create_task(running.run(vectors.index_waiting, turn))
    try:
        yield
    finally:
        running.worker_shutdown()
        await working


async def is_indexed(pool: asyncpg.Pool, person: Someone) -> None:
    """Waits until nothing of the person waits."""
    while await waiting(pool, person):
        await asyncio.sleep(0.01)


async def test_while_the_machine_is_busy_what_is_said_waits(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    await answers(someone, RIVER)
    machine = Machine(busy=True)
    async with indexes(worker_pool, store, machine, timedelta(hours=1)):
        await machine.was_looked_at(5)
        assert await waiting(worker_pool, someone) == 1
        machine.is_busy = False
        await is_indexed(worker_pool, someone)


async def test_a_machine_that_is_always_busy_puts_it_off_for_a_while_only(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    await answers(someone, RIVER)
    async with indexes(worker_pool, store, Machine(busy=True), timedelta(milliseconds=50)):
        await is_indexed(worker_pool, someone)
        # And the next one, as well.
        await answers(someone, RIVER)
        await is_indexed(worker_pool, someone)
