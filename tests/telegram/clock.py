"""Clocks that a test moves."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Tells durations as the module `time` does, so far ahead as a test says."""

    def __init__(self) -> None:
        self.ahead = 0.0
        """Seconds."""

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


class WallClock:
    """This machine's time of day, which operators and time servers set."""

    def __init__(self, true_time: Callable[[], float]) -> None:
        self._true_time = true_time
        self.ahead = 0.0
        """Seconds; negative when it was set back."""

    def time(self) -> float:
        return self._true_time() + self.ahead
