"""How much one person may ask of the gateway."""

from __future__ import annotations

from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

from gateway.telegram.settings import TelegramSettings
from gateway.telegram.updates.guest import Guest, Handler, Line
from gateway.telegram.updates.outage import Outage

STORAGE_PATIENCE = 0.5
"""Seconds that the storage may take: a person waits for it with every message."""


class Limits(BaseMiddleware):
    """Lets a person make so many requests within a moving window, and tells them once a window when it is too many."""

    def __init__(self, settings: TelegramSettings) -> None:
        window = int(settings.limit_window.total_seconds())
        self._limit = RateLimitItemPerSecond(settings.limit, window, namespace="telegram")
        self._told = RateLimitItemPerSecond(1, window, namespace="telegram-told")
        self._limiter = MovingWindowRateLimiter(_storage(settings))
        self._outage = Outage("The storage of SELFOLOGY_TELEGRAM_LIMITS_STORAGE", "Nobody is limited meanwhile.")

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        guest: Guest = data["guest"]
        if await self._allows(self._limit, guest):
            return await handler(event, data)
        return Line("telegram-too-many") if await self._allows(self._told, guest) else None

    async def _allows(self, limit: RateLimitItemPerSecond, guest: Guest) -> bool:
        try:
            allowed = await self._limiter.hit(limit, guest.user_ref)
        except StorageError as error:
            # People matter more than the count of their messages.
            self._outage.is_away(type(error.storage_error).__name__)
            return True
        self._outage.is_back()
        return allowed


def _storage(settings: TelegramSettings) -> Storage:
    if settings.limits_storage is None:
        return MemoryStorage()
    return RedisStorage(
        f"async+{settings.limits_storage.get_secret_value()}",
        implementation="redispy",
        wrap_exceptions=True,
        socket_timeout=STORAGE_PATIENCE,
        socket_connect_timeout=STORAGE_PATIENCE,
        # One more attempt, at once: a connection that idled may have been closed at the other end.
        retry_on_timeout=True,
    )
