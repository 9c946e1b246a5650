"""How often something may be done, by a clock that nobody can set; and how fast Telegram lets a bot speak."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import NamedTuple

SENDS_A_SECOND = 30
"""Messages of a bot, over all chats; also the rate that the worker takes deliveries from its task queue at."""


class Rate(NamedTuple):
    """At most so many, within any so many seconds."""

    most: int
    seconds: float = 1.0


# Source: core.telegram.org/bots/faq.
IN_ONE_CHAT = Rate(1)
IN_ALL_CHATS = Rate(SENDS_A_SECOND)


class MovingWindow:
    """Holds each of many to a rate. Who was silent for a while is forgotten."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._taken: OrderedDict[Hashable, deque[float]] = OrderedDict()
        """When each took its last turns, of whom none was silent for longer than the window."""

    def seconds_until(self, whose: Hashable) -> float:
        """When their next turn is: 0 for now."""
        taken = self._taken.get(whose)
        if taken is None or len(taken) < self._rate.most:
            return 0.0
        return max(0.0, taken[0] + self._rate.seconds - time.monotonic())

    def take(self, whose: Hashable) -> None:
        """They take a turn now."""
        now = time.monotonic()
        self._taken.setdefault(whose, deque(maxlen=self._rate.most)).append(now)
        self._taken.move_to_end(whose)
        while next(iter(self._taken.values()))[-1] < now - self._rate.seconds:
            self._taken.popitem(last=False)

    def takes(self, whose: Hashable) -> bool:
        """Whether they take a turn now, or have to wait for it."""
        if self.seconds_until(whose):
            return False
        self.take(whose)
        return True


class TooSoon(Exception):
    """The chat's turn comes later than the caller can wait; `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        super().__init__("it is too soon for another message")
        self.seconds = seconds


class SendRate:
    """Lets messages through one by one."""

    def __init__(self, in_one_chat: Rate = IN_ONE_CHAT, in_all_chats: Rate = IN_ALL_CHATS) -> None:
        self._one = MovingWindow(in_one_chat)
        self._all = MovingWindow(in_all_chats)

    async def wait(self, chat_id: int, patience: float) -> None:
        """Returns when a message may go to the chat.

        Raises `TooSoon` when that is more than `patience` seconds away.
        """
        until = time.monotonic() + patience
        # A chat's turn is not spent while all chats together have to wait.
        while seconds := max(self._one.seconds_until(chat_id), self._all.seconds_until("bot")):
            if time.monotonic() + seconds > until:
                raise TooSoon(seconds)
            await asyncio.sleep(seconds)
        self._one.take(chat_id)
        self._all.take("bot")
