"""A clock that a test moves."""

from __future__ import annotations

import time


class Clock:
    """Tells the time as the module `time` does, so far ahead as a test says."""

    def __init__(self) -> None:
        self.ahead = 0.0
        """Seconds."""

    def time(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead
