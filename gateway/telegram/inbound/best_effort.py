"""What the gateway says and does by itself, beside the sessions: when it fails, nothing that counts is lost."""

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
"""Seconds that a request may take, and that what is still to be said may take when the gateway leaves."""
A_MOMENT = 3
"""Seconds that Telegram may ask to wait before the same is asked once more."""
AGAIN_AFTER = 0.5
"""The same, where Telegram has failed without naming a time."""
TURN_WITHIN = 60
"""Seconds that a line may wait for its chat's turn: as many as a person can call for in a minute are said in one."""


class BestEffortSender:
    """Lines wait for their chat's turn in an order of their own, so that nobody's updates wait for another's lines."""

    def __init__(self, bot: Bot, pace: SendRate) -> None:
        self._bot = bot
        self._pace = pace
        self._last: dict[int, asyncio.Task[None]] = {}
        """The newest line of each chat that has some to be said."""

    def say(self, chat_id: int, line: SendMessage, unless: Callable[[], Awaitable[bool]]) -> None:
        """Says a line after those that the chat waits for already, unless it is not wanted then. Returns at once."""
        task = asyncio.create_task(self._say_after(self._last.get(chat_id), chat_id, line, unless))
        self._last[chat_id] = task
        task.add_done_callback(lambda done: self._last.get(chat_id) is done and self._last.pop(chat_id))

    async def attempt(self, courtesy: TelegramMethod[Any]) -> None:
        """Asks Telegram for a courtesy; once more after a moment, when Telegram certainly has not got it."""
        try:
            try:
                await self._bot(courtesy, request_timeout=PATIENCE)
            except AiogramError as error:
                pause = _pause(error)
                if pause is None or pause > A_MOMENT:
                    raise
                await asyncio.sleep(pause)
                await self._bot(courtesy, request_timeout=PATIENCE)
        except AiogramError as error:
            # Its words may name a chat, and its cause the address with the token in it.
            logger.info("%s failed: %s", courtesy.__api_method__, type(error).__name__)

    async def finish(self) -> None:
        """Says what is left, as far as a few seconds allow."""
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
    """Seconds after which another attempt is worth it; None when it is not, or would say the same twice."""
    failure = failure_of(error)
    if failure.type not in (BUSY, UNAVAILABLE):
        return None
    return failure.next_retry_delay.total_seconds() if failure.next_retry_delay else AGAIN_AFTER
