"""What operators are told of something that is away."""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)


class Outage:
    """Tells operators once that something is away, and once that it is back."""

    def __init__(self, away: str, back: str) -> None:
        self._away = away
        self._back = back
        self._told = False

    def is_on(self, why: str) -> None:
        """An attempt failed. `why` holds no personal text and no address."""
        if not self._told:
            self._told = True
            logger.warning("%s (%s)", self._away, why)

    def is_over(self) -> None:
        """An attempt succeeded."""
        if self._told:
            self._told = False
            logger.warning("%s", self._back)


def telegram_away() -> Outage:
    """Telegram, or the network on the way to it."""
    return Outage("Telegram is away; nothing is lost, the bot tries on", "Telegram is back")


def temporal_away() -> Outage:
    """Temporal, or the network on the way to it."""
    return Outage("Temporal is away; nothing is lost, what people say waits", "Temporal is back")
