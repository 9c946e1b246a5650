"""Drafts on their way from whoever writes to the channel: encrypted, the newest first, and lost without harm."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from activities.coaching.drafts import LONGEST, Drafts, PostgresDraftFeed
from schema.coaching.activities import ReplyToWrite
from schema.coaching.drafts import Draft, draft_id, notification_channel
from schema.person import Channel
from schema.vocabulary import Locale
from tests.keys import encryption, encryption_in, fresh
from workers.process_encryption import Encryption

PATIENCE = 30.0
NOW, LATER = 0.0, 60.0


class Screen:
    """Where a channel shows drafts."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []

    async def show(self, draft: Draft) -> None:
        """Shows one."""
        self.drafts.append(draft)

    @property
    def texts(self) -> list[str]:
        """What it has shown."""
        return [draft.text for draft in self.drafts]


def a_reply(queue: str, **more: object) -> ReplyToWrite:
    channel = Channel(task_queue=queue, address="42")
    reply = ReplyToWrite(user_ref=uuid.uuid4().hex[:16], reply_id=str(uuid.uuid4()), locale=Locale.EN, channel=channel)
    return reply.model_copy(update=more)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.01)


async def listeners(pool: asyncpg.Pool, queue: str) -> list[int]:
    """The sessions of PostgreSQL that follow a queue."""
    listening = f'LISTEN "{notification_channel(queue)}"'
    rows = await pool.fetch("SELECT pid FROM pg_stat_activity WHERE query = $1", listening)
    return [row["pid"] for row in rows]


@asynccontextmanager
async def following(pool: asyncpg.Pool, queue: str, keys: Encryption | None = None) -> AsyncIterator[Screen]:
    """A channel that follows its queue."""
    screen = Screen()
    feed = PostgresDraftFeed(pool, (keys or encryption()).columns, try_again=0.02)
    task = asyncio.create_task(feed.follow(queue, screen.show))
    try:
        yield screen
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture
def queue() -> str:
    return f"test-{uuid.uuid4().hex[:8]}"


async def has_a_listener(pool: asyncpg.Pool, queue: str) -> int:
    async with asyncio.timeout(PATIENCE):
        while not (found := await listeners(pool, queue)):
            await asyncio.sleep(0.01)
    return found[0]


async def test_a_channel_shows_what_is_written_and_the_wire_holds_none_of_it(
    pool: asyncpg.Pool, worker_pool: asyncpg.Pool, bot_pool: asyncpg.Pool, queue: str
) -> None:
    payloads: list[str] = []

    def overhear(*heard: object) -> None:
        payloads.append(str(heard[3]))

    async with pool.acquire() as eavesdropper, following(bot_pool, queue) as screen:
        await eavesdropper.add_listener(notification_channel(queue), overhear)
        await has_a_listener(pool, queue)
        reply = a_reply(queue)
        async with Drafts(worker_pool, encryption().columns, every=NOW).open(reply, attempt=2) as draft:
            await draft.show("You miss her.")
            await until(lambda: screen.texts == ["You miss her."])
            await draft.show("You miss her. Мне жаль.")
            await until(lambda: len(screen.texts) == 2)
        await eavesdropper.remove_listener(notification_channel(queue), overhear)
    assert screen.texts[1] == "You miss her. Мне жаль."
    assert [shown.number for shown in screen.drafts] == [(0, 2, 1), (0, 2, 2)]
    assert {(shown.reply_id, shown.address) for shown in screen.drafts} == {(reply.reply_id, "42")}
    assert len(payloads) == 2
    assert not any("miss" in payload or payload == "42" or reply.reply_id in payload for payload in payloads)


async def test_the_newest_text_wins_and_nothing_is_published_once_the_reply_is_there(
    pool: asyncpg.Pool, worker_pool: asyncpg.Pool, bot_pool: asyncpg.Pool, queue: str
) -> None:
    drafts = Drafts(worker_pool, encryption().columns, every=0.1)
    async with following(bot_pool, queue) as screen:
        await has_a_listener(pool, queue)
        async with drafts.open(a_reply(queue), attempt=1) as draft:
            await draft.show("One.")
            await until(lambda: screen.texts == ["One."])
            await draft.show("One. Two.")
            await draft.show("One. Two. Three.")
            await until(lambda: len(screen.texts) == 2)
        assert screen.texts[1] == "One. Two. Three."
        async with Drafts(worker_pool, encryption().columns, every=LATER).open(a_reply(queue), attempt=1) as draft:
            await draft.show("Four.")
            await until(lambda: len(screen.texts) == 3)
            await draft.show("Four. Five.")
        async with drafts.open(a_reply(queue), attempt=1) as draft:
            await draft.show("Six.")
            await until(lambda: len(screen.texts) == 4)
        assert screen.texts[-2:] == ["Four.", "Six."]


async def test_a_text_that_no_notification_takes_is_not_shown_and_harms_nobody(
    pool: asyncpg.Pool, worker_pool: asyncpg.Pool, bot_pool: asyncpg.Pool, queue: str
) -> None:
    drafts = Drafts(worker_pool, encryption().columns, every=NOW)
    async with following(bot_pool, queue) as screen:
        await has_a_listener(pool, queue)
        async with drafts.open(a_reply(queue), attempt=1) as draft:
            await draft.show("а" * 2600)
            await until(lambda: len(screen.texts) == 1)
            await draft.show("а" * LONGEST)
            await draft.show("а" * LONGEST + "б")
        async with drafts.open(a_reply(queue), attempt=1) as draft:
            await draft.show("Short.")
            await until(lambda: len(screen.texts) == 2)
    assert screen.texts[1] == "Short."


async def test_while_the_database_is_away_writing_goes_on_and_one_line_says_so(
    database_url: str, caplog: pytest.LogCaptureFixture, queue: str
) -> None:
    gone = await asyncpg.create_pool(database_url, min_size=0)
    await gone.close()
    with caplog.at_level(logging.WARNING):
        async with Drafts(gone, encryption().columns, every=NOW).open(a_reply(queue), attempt=1) as draft:
            await draft.show("You miss her.")
            await until(lambda: bool(caplog.records))
            await draft.show("You miss her. A lot.")
    assert draft.text == "You miss her. A lot."
    assert [record.message for record in caplog.records] == ["A reply is not shown while it is written: InterfaceError"]


async def test_the_draft_of_who_was_erased_is_opened_by_nobody_and_others_are_shown(
    pool: asyncpg.Pool, worker_pool: asyncpg.Pool, bot_pool: asyncpg.Pool, queue: str, tmp_path: Path
) -> None:
    keys = encryption_in(tmp_path)
    drafts = Drafts(worker_pool, keys.columns, every=NOW)
    erased, other = a_reply(queue), a_reply(queue)
    await keys.keys.newest(erased.user_ref)
    await fresh(keys).keys.destroy(await fresh(keys).keys.last(erased.user_ref))
    async with following(bot_pool, queue, fresh(keys)) as screen:
        await has_a_listener(pool, queue)
        # The worker still has the key at hand.
        async with drafts.open(erased, attempt=1) as draft:
            await draft.show("You miss her.")
            async with drafts.open(other, attempt=1) as another:
                await another.show("Good morning.")
                await until(lambda: bool(screen.texts))
    assert screen.texts == ["Good morning."]


async def test_of_two_processes_one_shows_drafts_and_the_other_takes_over(
    pool: asyncpg.Pool, worker_pool: asyncpg.Pool, bot_pool: asyncpg.Pool, queue: str
) -> None:
    drafts = Drafts(worker_pool, encryption().columns, every=NOW)
    async with following(bot_pool, queue) as second:
        async with following(bot_pool, queue) as first:
            await has_a_listener(pool, queue)
            async with drafts.open(a_reply(queue), attempt=1) as draft:
                await draft.show("One.")
                await until(lambda: len(first.texts + second.texts) == 1)
        await has_a_listener(pool, queue)
        async with drafts.open(a_reply(queue), attempt=1) as draft:
            await draft.show("Two.")
            await until(lambda: second.texts[-1:] == ["Two."])
    assert len(first.texts + second.texts) == 2


async def test_a_channel_that_lost_the_database_listens_again(
    pool: asyncpg.Pool, worker_pool: asyncpg.Pool, bot_pool: asyncpg.Pool, queue: str
) -> None:
    drafts = Drafts(worker_pool, encryption().columns, every=NOW)
    async with following(bot_pool, queue) as screen:
        before = await has_a_listener(pool, queue)
        await pool.execute("SELECT pg_terminate_backend($1)", before)
        async with asyncio.timeout(PATIENCE):
            while await has_a_listener(pool, queue) == before:
                await asyncio.sleep(0.01)
        async with drafts.open(a_reply(queue), attempt=1) as draft:
            await draft.show("One.")
            await until(lambda: screen.texts == ["One."])


def test_each_reply_has_a_number_that_telegram_takes() -> None:
    numbers = {draft_id(str(uuid.uuid4())) for _ in range(1000)}
    assert len(numbers) == 1000
    assert all(0 < number < 2**31 for number in numbers)


async def test_whoever_is_shown_to_nobody_writes_all_the_same(worker_pool: asyncpg.Pool, queue: str) -> None:
    drafts = Drafts(worker_pool, encryption().columns)
    async with drafts.open(a_reply(queue, channel=None), attempt=1) as draft:
        await draft.show("One.")
    assert draft.text == "One."
