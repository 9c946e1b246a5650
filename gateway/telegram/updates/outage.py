"""What operators are told of a server that is away."""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)


class Outage:
    """Tells operators once that a server is away, and once that it is back."""

    def __init__(self, server: str, meanwhile: str = "Nothing is lost: the bot tries on.") -> None:
        self._server = server
        self._meanwhile = meanwhile
        self._told: str | None = None

    def is_away(self, why: str) -> None:
        """An attempt failed. `why` holds no personal text and no address."""
        if self._told != why:
            self._told = why
            logger.warning("%s is away: %s. %s", self._server, why, self._meanwhile)

    def is_back(self) -> None:
        """An attempt succeeded."""
        if self._told is not None:
            self._told = None
            logger.warning("%s is back.", self._server)
