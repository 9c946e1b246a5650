"""Drafts by PostgreSQL's NOTIFY and LISTEN, encrypted with their person's key."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NoReturn

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from pydantic import ValidationError

from activities.encryption.column import TextColumns
from schema.coaching.activities import ReplyToWrite
from schema.coaching.drafts import DRAFT, Draft, DraftFeed, Show, notification_channel
from schema.errors import KeysAway, Undecipherable
from schema.person import Channel

log = logging.getLogger(__name__)

EVERY = 1.1
"""Seconds between two drafts of a reply. Telegram takes a message a second in a chat; what comes sooner is dropped."""
LONGEST = 7_999
"""The longest payload of a notification, in bytes: PostgreSQL takes fewer than 8,000."""
NOTIFY_WITHIN = 1.0
"""Timeout in seconds for publishing a draft."""
TRY_AGAIN = 1.0
"""Seconds between attempts to listen, while the database is away or another process listens."""
LOOK_EVERY = 30.0
"""Seconds between checks that the listening connection still reaches the database."""
AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What asyncpg raises when a server can't be reached or refuses; a timeout is an `OSError`."""

# With a commit that waits for no disk, the lock that PostgreSQL takes for notifications is held for a moment only.
_NOTIFY = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)"


class OpenDraft:
    """The draft of one reply, while it is written."""

    def __init__(self) -> None:
        self.text = ""
        """All that may be shown so far."""
        self._changed = asyncio.Event()
        self._closed = asyncio.Event()

    async def show(self, text: str) -> None:
        """Shows what is written so far. Returns at once."""
        self.text = text
        self._changed.set()

    def close(self) -> None:
        """Shows no more."""
        self._closed.set()
        self._changed.set()

    async def next(self, before: str) -> str | None:
        """Waits for another text than `before`. Returns None once the draft is closed."""
        while self.text == before and not self._closed.is_set():
            self._changed.clear()
            await self._changed.wait()
        return None if self._closed.is_set() else self.text

    async def rest(self, seconds: float) -> None:
        """Waits so long, or until the draft is closed."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), seconds)


class Drafts:
    """Publishes drafts for the channels that show them."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, *, every: float = EVERY) -> None:
        self._pool = pool
        self._columns = columns
        self._every = every

    @asynccontextmanager
    async def open(self, reply: ReplyToWrite, attempt: int) -> AsyncIterator[OpenDraft]:
        """Publishes what is shown while the context is open: the newest text, at most once in `EVERY` seconds.

        Whoever writes neither waits for that nor learns that it failed.
        """
        draft = OpenDraft()
        if reply.channel is None:
            yield draft
            return
        publishing = asyncio.create_task(self._publish(draft, reply, reply.channel, attempt))
        try:
            yield draft
        finally:
            draft.close()
            # A draft on its way takes a millisecond; to break it off would take a connection more.
            await asyncio.wait([publishing])

    async def _publish(self, draft: OpenDraft, reply: ReplyToWrite, channel: Channel, attempt: int) -> None:
        last, number = "", 0
        try:
            while (text := await draft.next(last)) is not None:
                last, number = text, number + 1
                if not await self._notify(text, (reply.models_before, attempt, number), reply, channel):
                    # A longer text would not fit either.
                    return
                await draft.rest(self._every)
        except (*AWAY, KeysAway, Undecipherable) as error:
            # Only the class: the text of an error may hold anything. The reply itself comes all the same.
            log.warning("A reply is not shown while it is written: %s", type(error).__name__)

    async def _notify(self, text: str, number: tuple[int, int, int], reply: ReplyToWrite, channel: Channel) -> bool:
        """Publishes one draft. Returns False when it is too long."""
        draft = Draft(
            reply_id=reply.reply_id,
            user_ref=reply.user_ref,
            address=channel.address,
            locale=reply.locale,
            number=number,
            text=text,
        )
        to = notification_channel(channel.task_queue)
        async with asyncio.timeout(NOTIFY_WITHIN):
            sealed = await self._columns.seal(reply.user_ref, draft.model_dump_json(), DRAFT, {"channel": to})
            if len(sealed.encode()) > LONGEST:
                return False
            await self._pool.execute(_NOTIFY, to, sealed)
        return True


class PostgresDraftFeed(DraftFeed):
    """Listens for drafts, on one connection of the pool that it keeps for itself."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, *, try_again: float = TRY_AGAIN) -> None:
        self._pool = pool
        self._columns = columns
        self._try_again = try_again

    async def follow(self, task_queue: str, show: Show) -> NoReturn:
        away = False
        while True:
            try:
                async with self._pool.acquire() as connection:
                    if await _is_alone(connection, task_queue):
                        away = False
                        await self._listen(connection, notification_channel(task_queue), show)
            except* AWAY:
                if not away:
                    log.warning("Until the database is back, replies are not shown while they are written")
                away = True
            await asyncio.sleep(self._try_again)

    async def _listen(self, connection: PoolConnectionProxy, channel: str, show: Show) -> None:
        """Shows drafts until the connection is lost. Raises some of `AWAY`."""
        lost = asyncio.Event()

        def lose(_connection: object) -> None:
            lost.set()

        async with asyncio.TaskGroup() as showing:

            def hear(_connection: object, _process: int, channel: str, payload: object) -> None:
                # No queue: each draft is shown now, or dropped.
                showing.create_task(self._show(channel, str(payload), show))

            connection.add_termination_listener(lose)
            await connection.add_listener(channel, hear)
            try:
                while not lost.is_set():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(lost.wait(), LOOK_EVERY)
                    if not lost.is_set():
                        await connection.execute("SELECT 1", timeout=LOOK_EVERY)
            finally:
                if not connection.is_closed():
                    connection.remove_termination_listener(lose)
                    await connection.remove_listener(channel, hear)

    async def _show(self, channel: str, payload: str, show: Show) -> None:
        # Who was erased meanwhile can't be read, and an older version may not know what a newer one wrote.
        with suppress(KeysAway, ValidationError):
            if (opened := await self._columns.open(payload, DRAFT, {"channel": channel})) is not None:
                await show(Draft.model_validate_json(opened))


async def _is_alone(connection: PoolConnectionProxy, task_queue: str) -> bool:
    """Makes this process the one that shows a channel's drafts, as long as the connection lasts, if none is yet."""
    alone: bool = await connection.fetchval(
        "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", notification_channel(task_queue)
    )
    return alone
