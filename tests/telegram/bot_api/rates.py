"""How many messages Telegram lets a bot send."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from tests.telegram.bot_api.refusals import too_many_requests


@dataclass
class Bucket:
    """A burst that refills."""

    size: float
    per_second: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until there is room for one more."""
        self.level = min(self.size, self.level + (now - self.at) * self.per_second)
        self.at = now
        return max(0.0, (1 - self.level) / self.per_second)


class Rates:
    """30 messages a second to all chats together, and one a second to each, with a small burst.

    Source: Telegram's bot FAQ, "My bot is hitting limits". The size of the burst is not documented.
    """

    OVERALL = 30
    BURST = 3

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._overall = Bucket(self.OVERALL, self.OVERALL, self.OVERALL, clock())
        self._chats: dict[int, Bucket] = {}

    def spend(self, chat_id: int) -> None:
        """One message to this chat.

        Raises:
            Refusal: 429 with the seconds to wait.
        """
        now = self._clock()
        chat = self._chats.setdefault(chat_id, Bucket(self.BURST, 1, self.BURST, now))
        wait = max(self._overall.wait(now), chat.wait(now))
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        self._overall.level -= 1
        chat.level -= 1
