"""Telegram's limits on how fast a bot may speak (core.telegram.org/bots/faq), kept on our side of the wire."""

from __future__ import annotations

import asyncio
import time

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

SENDS_A_SECOND = 30
"""Messages of a bot, over all chats; also the rate that the worker takes deliveries from its task queue at."""
IN_ONE_CHAT = RateLimitItemPerSecond(1)
IN_ALL_CHATS = RateLimitItemPerSecond(SENDS_A_SECOND)


class TooSoon(Exception):
    """The chat's turn comes later than the caller can wait; `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        super().__init__("it is too soon for another message")
        self.seconds = seconds


class Pace:
    """Lets messages through one by one. A chat that was silent for a while is forgotten."""

    def __init__(self, in_one_chat: RateLimitItem = IN_ONE_CHAT, in_all_chats: RateLimitItem = IN_ALL_CHATS) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._in_one_chat = in_one_chat
        self._in_all_chats = in_all_chats
        self._one_by_one = asyncio.Lock()

    async def wait(self, chat_id: int, patience: float) -> None:
        """Returns when a message may go to the chat.

        Raises `TooSoon` when that is more than `patience` seconds away.
        """
        until = time.monotonic() + patience
        while seconds := await self._takes(chat_id):
            if time.monotonic() + seconds > until:
                raise TooSoon(seconds)
            await asyncio.sleep(seconds)

    async def _takes(self, chat_id: int) -> float:
        """Takes a turn and returns 0; or takes nothing, and returns in how many seconds to look again."""
        turns = (self._in_one_chat, "chat", str(chat_id)), (self._in_all_chats, "bot")
        # Both or neither: a chat's turn is not spent while all chats together have to wait.
        async with self._one_by_one:
            seconds = max([await self._seconds_until(*turn) for turn in turns])
            if not seconds:
                for turn in turns:
                    await self._limiter.hit(*turn)
            return seconds

    async def _seconds_until(self, limit: RateLimitItem, *of: str) -> float:
        window = await self._limiter.get_window_stats(limit, *of)
        # The limiter tells wall-clock time.
        return 0.0 if window.remaining > 0 else max(0.001, window.reset_time - time.time())
