"""Logs outages of Telegram and Temporal for operators, once at the start and once at the end."""

from __future__ import annotations

import logging

import aiohttp
from aiogram.exceptions import (
    AiogramError,
    TelegramConflictError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.utils.backoff import Backoff

from gateway.telegram.bot_api import UnexpectedResponse

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
"""The longest pause in seconds between requests for updates, even if Telegram asks for more: too early does no harm."""


class Outage:
    """Logs once when a service goes away, and once when it is back."""

    def __init__(self, away: str, back: str) -> None:
        self._away = away
        self._back = back
        self._told = False

    def is_on(self, why: str) -> None:
        """Records a failed attempt. `why` is logged and must hold no personal text and no address."""
        if not self._told:
            self._told = True
            logger.warning("%s (%s)", self._away, why)

    def is_over(self) -> None:
        """Records a successful attempt."""
        if self._told:
            self._told = False
            logger.warning("%s", self._back)


class TelegramOutage:
    """Logs why Telegram can't be used: it is away, another process polls, or a response is invalid."""

    def __init__(self) -> None:
        self._away = Outage("Telegram is away; nothing is lost, the bot tries on", "Telegram is back")
        self._rival = Outage(
            "Another process polls with the same token, and Telegram lets only one; several can share a webhook",
            "No other process polls any more",
        )
        self._odd = Outage(
            "What answers is not as Telegram's Bot API should be; nothing is lost, the bot tries on. Check"
            " SELFOLOGY_TELEGRAM_API_URL if it is set, else the proxies on the way",
            "The Bot API answers as it should again",
        )

    def is_on(self, error: AiogramError) -> None:
        """Records a failed attempt. Logs only the kind of the error, because its message may hold an address."""
        cause = error.__cause__ or error
        match error, cause:
            case TelegramConflictError(), _:
                self._rival.is_on(type(error).__name__)
            case UnexpectedResponse(), _:
                self._odd.is_on(str(error))
            case _, aiohttp.ClientResponseError():
                self._odd.is_on("no HTTP")
            case ((TelegramNetworkError() | TelegramServerError() | TelegramRetryAfter()), _):
                self._away.is_on(type(cause).__name__)
            case _:
                self._odd.is_on(type(error).__name__)

    def is_over(self) -> None:
        """Records a successful attempt."""
        for outage in (self._away, self._rival, self._odd):
            outage.is_over()


def pause_after(error: AiogramError, backoff: Backoff) -> float:
    """Returns the seconds to wait before the next attempt."""
    return min(error.retry_after, LONGEST_PAUSE) if isinstance(error, TelegramRetryAfter) else next(backoff)


def temporal_away() -> Outage:
    """Returns the outage log for Temporal and the network to it."""
    return Outage("Temporal is away; nothing is lost, what people say waits", "Temporal is back")
