"""Sends the gateway's own messages, best effort: a failure is logged, and no session is affected."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import SendMessage, TelegramMethod

from gateway.telegram.errors import BUSY, UNAVAILABLE, failure_of
from gateway.telegram.send_rate import SendRate, TooSoon

logger = logging.getLogger(__name__)

PATIENCE = 5
"""Timeout in seconds of a request, and of all waiting messages at shutdown."""
LONGEST_RETRY_DELAY = 3
"""The longest pause in seconds, asked for by Telegram, after which a request is retried."""
RETRY_DELAY = 0.5
"""The pause in seconds before the retry when Telegram failed without naming one."""
TURN_WITHIN = 60
"""How many seconds a message may wait for the rate limit.

The default limit of requests a minute causes no more replies than Telegram allows a chat in that time.
"""


class BestEffortSender:
    """Sends messages in the background, in order per chat, so that no update waits for the rate limit."""

    def __init__(self, bot: Bot, pace: SendRate) -> None:
        self._bot = bot
        self._pace = pace
        self._last: dict[int, asyncio.Task[None]] = {}
        """The task of the newest waiting message of each chat."""

    def say(self, chat_id: int, line: SendMessage, unless: Callable[[], Awaitable[bool]]) -> None:
        """Queues a message behind the chat's waiting ones and returns at once.

        The message is dropped when `unless` returns true at its turn.
        """
        task = asyncio.create_task(self._say_after(self._last.get(chat_id), chat_id, line, unless))
        self._last[chat_id] = task
        task.add_done_callback(lambda done: self._last.get(chat_id) is done and self._last.pop(chat_id))

    async def attempt(self, request: TelegramMethod[Any]) -> None:
        """Makes a request. Retries it once when Telegram has certainly not processed it; logs any other failure."""
        try:
            try:
                await self._bot(request, request_timeout=PATIENCE)
            except AiogramError as error:
                pause = _pause(error)
                if pause is None or pause > LONGEST_RETRY_DELAY:
                    raise
                await asyncio.sleep(pause)
                await self._bot(request, request_timeout=PATIENCE)
        except AiogramError as error:
            # Only the class: the message may name the chat, and the cause the URL with the token.
            logger.info("%s failed: %s", request.__api_method__, type(error).__name__)

    async def finish(self) -> None:
        """Sends the waiting messages, within `PATIENCE` seconds, and drops the rest."""
        if self._last:
            _, unsaid = await asyncio.wait(self._last.values(), timeout=PATIENCE)
            for task in unsaid:
                task.cancel()

    async def _say_after(
        self,
        before: asyncio.Task[None] | None,
        chat_id: int,
        line: SendMessage,
        unless: Callable[[], Awaitable[bool]],
    ) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            await self._pace.wait(chat_id, TURN_WITHIN)
        except TooSoon:
            logger.warning("A line of the gateway's own was not said: there are too many messages at once")
        else:
            if not await unless():
                await self.attempt(line)


def _pause(error: AiogramError) -> float | None:
    """Returns the seconds to wait before a retry, or None when a retry is useless or could send a duplicate."""
    failure = failure_of(error)
    if failure.type not in (BUSY, UNAVAILABLE):
        return None
    return failure.next_retry_delay.total_seconds() if failure.next_retry_delay else RETRY_DELAY
