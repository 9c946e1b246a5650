"""The ledger of sends: what is known of a message, whatever a process was killed in the middle of."""

from __future__ import annotations

import asyncio
import uuid

import asyncpg
import pytest

from activities.telegram.send_ledger import PostgresSendLedger
from schema.telegram.send_ledger import Send, SendState
from tests.people.telegram_user import PATIENCE

BOT = 7_000_000_001
ANNA = "aaaabbbbccccdddd"


@pytest.fixture
def ledger(bot_pool: asyncpg.Pool) -> PostgresSendLedger:
    return PostgresSendLedger(bot_pool, BOT)


@pytest.fixture
def key() -> str:
    """The key of a delivery that nobody has heard of yet."""
    return f"{uuid.uuid4()}:1"


def states(sends: list[Send]) -> list[SendState]:
    return [send.state for send in sends]


async def test_what_is_new_is_planned(ledger: PostgresSendLedger, key: str) -> None:
    assert await ledger.plan(key, 2, ANNA) == [
        Send(key, 0, SendState.PLANNED, None),
        Send(key, 1, SendState.PLANNED, None),
    ]


async def test_what_was_sent_stays_sent_and_its_id_is_known(ledger: PostgresSendLedger, key: str) -> None:
    first, _ = await ledger.plan(key, 2, ANNA)
    await ledger.begin(first)
    await ledger.sent(first, 17)
    assert await ledger.plan(key, 2, ANNA) == [Send(key, 0, SendState.SENT, 17), Send(key, 1, SendState.PLANNED, None)]
    assert await ledger.first_message(key) == 17


async def test_a_process_that_was_killed_in_the_middle_leaves_it_open_whether_it_arrived(
    ledger: PostgresSendLedger, key: str
) -> None:
    first, second = await ledger.plan(key, 2, ANNA)
    await ledger.begin(first)
    assert states(await ledger.plan(key, 2, ANNA)) == [SendState.UNKNOWN, SendState.PLANNED]
    assert states(await ledger.plan(key, 2, ANNA)) == [SendState.UNKNOWN, SendState.PLANNED]
    assert not any(send.in_doubt for send in await ledger.plan(key, 2, ANNA)), "nothing was sent again"
    await ledger.begin(second, editing=9)
    assert await ledger.plan(key, 2, ANNA) == [
        Send(key, 0, SendState.UNKNOWN, None),
        Send(key, 1, SendState.UNKNOWN, 9),
    ]
    assert await ledger.first_message(key) is None
    await ledger.begin(first)
    await ledger.begin(second, editing=9)
    # To repeat an edit makes no copy.
    assert await ledger.plan(key, 2, ANNA) == [
        Send(key, 0, SendState.UNKNOWN, None, in_doubt=True),
        Send(key, 1, SendState.UNKNOWN, 9),
    ]
    await ledger.sent(first, 17)
    # The copy that is known may be the second one.
    assert (await ledger.plan(key, 2, ANNA))[0] == Send(key, 0, SendState.SENT, 17, in_doubt=True)


async def test_what_was_certainly_not_sent_is_planned_again(ledger: PostgresSendLedger, key: str) -> None:
    (send,) = await ledger.plan(key, 1, ANNA)
    await ledger.begin(send, editing=9)
    await ledger.not_sent(send)
    assert await ledger.plan(key, 1, ANNA) == [Send(key, 0, SendState.PLANNED, None)]


async def test_what_was_sent_stays_so_whatever_an_earlier_try_has_still_to_say(
    ledger: PostgresSendLedger, key: str
) -> None:
    (send,) = await ledger.plan(key, 1, ANNA)
    await ledger.sent(send, 17)
    await ledger.not_sent(send)
    await ledger.unclear(send)
    await ledger.begin(send)
    assert await ledger.plan(key, 1, ANNA) == [Send(key, 0, SendState.SENT, 17)]


async def test_what_is_known_is_written_down_though_the_try_is_cancelled_meanwhile(
    pool: asyncpg.Pool, ledger: PostgresSendLedger, key: str
) -> None:
    (send,) = await ledger.plan(key, 1, ANNA)
    async with pool.acquire() as connection, connection.transaction():
        # Nobody can write to it until this is over.
        await connection.execute("SELECT 1 FROM telegram_system.sends WHERE delivery_key = $1 FOR UPDATE", key)
        writing = asyncio.create_task(ledger.sent(send, 17))
        await is_waiting(pool)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    async with asyncio.timeout(PATIENCE):
        while await ledger.first_message(key) != 17:
            await asyncio.sleep(0.01)


async def is_waiting(pool: asyncpg.Pool) -> None:
    """Until a statement about sends waits for a lock."""
    async with asyncio.timeout(PATIENCE):
        while not await pool.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE telegram%'"
        ):
            await asyncio.sleep(0.01)


async def test_bots_know_nothing_of_each_others_sends(pool: asyncpg.Pool, ledger: PostgresSendLedger, key: str) -> None:
    (send,) = await ledger.plan(key, 1, ANNA)
    await ledger.sent(send, 17)
    other = PostgresSendLedger(pool, BOT + 1)
    assert await other.first_message(key) is None
    assert states(await other.plan(key, 1, ANNA)) == [SendState.PLANNED]


async def test_a_row_names_the_person_but_no_chat(pool: asyncpg.Pool, ledger: PostgresSendLedger, key: str) -> None:
    await ledger.plan(key, 1, ANNA)
    row = await pool.fetchrow(
        "SELECT * FROM telegram_system.sends WHERE user_ref = $1 AND delivery_key = $2", ANNA, key
    )
    assert row
    known = {"bot_id", "delivery_key", "part", "user_ref", "state", "message_id", "changed_at", "in_doubt"}
    assert set(row.keys()) == known
