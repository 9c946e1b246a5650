"""Sliding-window rate limits on the monotonic clock, and Telegram's limits for outgoing messages."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import NamedTuple

SENDS_A_SECOND = 30
"""Telegram's limit of a bot over all chats. The worker polls its task queue at the same rate."""


class Rate(NamedTuple):
    """At most `most` events within any `seconds`."""

    most: int
    seconds: float = 1.0


DRAFTS_A_SECOND = SENDS_A_SECOND // 3
"""How many drafts a bot shows a second, over all chats, while messages leave room for them."""

# Source: core.telegram.org/bots/faq.
IN_ONE_CHAT = Rate(1)
IN_ALL_CHATS = Rate(SENDS_A_SECOND)
DRAFTS_IN_ALL_CHATS = Rate(DRAFTS_A_SECOND)


class MovingWindow:
    """A rate limit for each key. Keys without an event inside the window are dropped."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._taken: OrderedDict[Hashable, deque[float]] = OrderedDict()
        """The times of each key's last events, the key with the oldest last event first."""

    def seconds_until(self, key: Hashable) -> float:
        """Returns the seconds until the key's next event is allowed; 0 for now."""
        taken = self._taken.get(key)
        if taken is None or len(taken) < self._rate.most:
            return 0.0
        return max(0.0, taken[0] + self._rate.seconds - time.monotonic())

    def record(self, key: Hashable) -> None:
        """Counts an event of the key now."""
        now = time.monotonic()
        self._taken.setdefault(key, deque(maxlen=self._rate.most)).append(now)
        self._taken.move_to_end(key)
        while next(iter(self._taken.values()))[-1] < now - self._rate.seconds:
            self._taken.popitem(last=False)

    def try_acquire(self, key: Hashable) -> bool:
        """Counts an event if the limit allows one now. Returns whether it did."""
        if self.seconds_until(key):
            return False
        self.record(key)
        return True


class TooSoon(Exception):
    """The next message is allowed later than the caller can wait, in `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        super().__init__("it is too soon for another message")
        self.seconds = seconds


class SendRate:
    """Delays messages so that they keep Telegram's limits, per chat and over all chats.

    Drafts have limits of their own beside them: a draft gives way to messages, and no message waits for a draft.
    """

    def __init__(
        self,
        in_one_chat: Rate = IN_ONE_CHAT,
        in_all_chats: Rate = IN_ALL_CHATS,
        drafts_in_all_chats: Rate = DRAFTS_IN_ALL_CHATS,
    ) -> None:
        self._one = MovingWindow(in_one_chat)
        self._all = MovingWindow(in_all_chats)
        self._drafts_in_one = MovingWindow(in_one_chat)
        self._drafts_in_all = MovingWindow(drafts_in_all_chats)
        self._no_drafts_until = -math.inf

    async def wait(self, chat_id: int, patience: float) -> None:
        """Waits until a message to the chat is allowed, and counts it.

        Raises `TooSoon` when that takes more than `patience` seconds.
        """
        until = time.monotonic() + patience
        # Both limits must allow the message before either counts it.
        while seconds := max(self._one.seconds_until(chat_id), self._all.seconds_until("bot")):
            if time.monotonic() + seconds > until:
                raise TooSoon(seconds)
            await asyncio.sleep(seconds)
        self._one.record(chat_id)
        self._all.record("bot")

    def allows_draft(self, chat_id: int) -> bool:
        """Counts a draft to the chat if its turn is free now. Returns whether it is."""
        if time.monotonic() < self._no_drafts_until:
            return False
        if self._one.seconds_until(chat_id) or self._all.seconds_until("bot"):
            return False
        if self._drafts_in_one.seconds_until(chat_id) or not self._drafts_in_all.try_acquire("bot"):
            return False
        self._drafts_in_one.record(chat_id)
        return True

    def pause_drafts(self, seconds: float) -> None:
        """Allows no drafts for so long, because Telegram asks for a pause."""
        self._no_drafts_until = time.monotonic() + seconds
