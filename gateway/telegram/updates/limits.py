"""How much one person may ask of the gateway."""

from __future__ import annotations

from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from temporalio.service import RPCError

from gateway.telegram.settings import TelegramSettings
from gateway.telegram.updates.guest import Guest, Handler, Line
from gateway.telegram.updates.outage import Outage

STORAGE_PATIENCE = 0.5
"""Seconds that the storage may take: a person waits for it with every message."""


class Limits(BaseMiddleware):
    """Lets a person make so many requests within a moving window, and tells them once a window when it is too many."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._limit = RateLimitItemPerSecond(settings.limit, settings.limit_window, namespace="telegram")
        self._told = RateLimitItemPerSecond(1, settings.limit_window, namespace="telegram:told")
        self._counted: set[str] = set()
        self._limiter = MovingWindowRateLimiter(_storage(settings))
        self._outage = Outage(
            "SELFOLOGY_TELEGRAM_LIMITS_STORAGE does not answer; nobody is limited meanwhile",
            "SELFOLOGY_TELEGRAM_LIMITS_STORAGE answers again",
        )

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        guest: Guest = data["guest"]
        if guest.update_id in self._counted or await self._allows(self._limit, guest):
            self._counted.discard(guest.update_id)
            try:
                return await handler(event, data)
            except RPCError:
                # It comes again when Temporal is back, and is not another request by that.
                self._counted.add(guest.update_id)
                raise
        # What is too much to be answered is heard for a crisis all the same.
        message = isinstance(event, Update) and (event.message or event.edited_message)
        if message:
            await guest.is_overheard(message)
        return Line("telegram-too-many") if await self._allows(self._told, guest) else None

    async def _allows(self, limit: RateLimitItemPerSecond, guest: Guest) -> bool:
        try:
            allowed = await self._limiter.hit(limit, guest.user_ref)
        except StorageError as error:
            # People matter more than the count of their messages.
            self._outage.is_on(type(error.storage_error).__name__)
            return True
        self._outage.is_over()
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
