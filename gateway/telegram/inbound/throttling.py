"""How much one person may ask of the gateway."""

from __future__ import annotations

from typing import Any, Protocol

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from temporalio.service import RPCError

from gateway.telegram.inbound.outage import Outage
from gateway.telegram.inbound.visitor import Handler, Reply, TelegramVisitor
from gateway.telegram.send_rate import MovingWindow, Rate
from gateway.telegram.settings import TelegramSettings

STORAGE_PATIENCE = 0.5
"""Seconds that the storage may take: a person waits for it with every message."""


class Count(Protocol):
    """Counts what people do, and tells whether each may do it once more."""

    async def takes(self, whose: str) -> bool:
        """Whether they may; it is counted by that."""


class InMemory(Count):
    """Within a window that moves on."""

    def __init__(self, rate: Rate) -> None:
        self._window = MovingWindow(rate)

    async def takes(self, whose: str) -> bool:
        return self._window.takes(whose)


class InRedis(Count):
    """For several gateways, within a window that begins with what comes first and ends by the clock of Redis."""

    def __init__(self, redis: Redis, name: str, rate: Rate) -> None:
        self._redis = redis
        self._name = name
        self._rate = rate

    async def takes(self, whose: str) -> bool:
        key = f"{self._name}:{whose}"
        async with self._redis.pipeline() as both_or_neither:
            both_or_neither.set(key, 0, ex=int(self._rate.seconds), nx=True)
            both_or_neither.incr(key)
            _, count = await both_or_neither.execute()
        return bool(count <= self._rate.most)


class Throttling(BaseMiddleware):
    """Lets a person make so many requests within a window, and tells them once a window when it is too many."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._limit, self._told = _counts(settings)
        self._counted: set[str] = set()
        self._outage = Outage(
            "SELFOLOGY_TELEGRAM_LIMITS_STORAGE does not answer; nobody is limited meanwhile",
            "SELFOLOGY_TELEGRAM_LIMITS_STORAGE answers again",
        )

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        visitor: TelegramVisitor = data["visitor"]
        if visitor.update_id in self._counted or await self._allows(self._limit, visitor):
            self._counted.discard(visitor.update_id)
            try:
                return await handler(event, data)
            except RPCError:
                # It comes again when Temporal is back, and is not another request by that.
                self._counted.add(visitor.update_id)
                raise
        # What is too much to be answered is heard for a crisis all the same.
        message = isinstance(event, Update) and (event.message or event.edited_message)
        if message:
            await visitor.is_overheard(message)
        return Reply("telegram-too-many") if await self._allows(self._told, visitor) else None

    async def _allows(self, count: Count, visitor: TelegramVisitor) -> bool:
        try:
            allowed = await count.takes(visitor.user_ref)
        except RedisError as error:
            # People matter more than the count of their messages.
            self._outage.is_on(type(error).__name__)
            return True
        self._outage.is_over()
        return allowed


def _counts(settings: TelegramSettings) -> tuple[Count, Count]:
    """Of requests, and of being told that they are too many."""
    requests, told = Rate(settings.limit, settings.limit_window), Rate(1, settings.limit_window)
    if settings.limits_storage is None:
        return InMemory(requests), InMemory(told)
    redis = Redis.from_url(
        # A socket is written redis+unix://, so that a setting says that it is one of Redis.
        settings.limits_storage.get_secret_value().removeprefix("redis+"),
        socket_timeout=STORAGE_PATIENCE,
        socket_connect_timeout=STORAGE_PATIENCE,
        # One more attempt, at once: a connection that idled may have been closed at the other end.
        retry=Retry(NoBackoff(), 1),
    )
    return InRedis(redis, "selfology:requests", requests), InRedis(redis, "selfology:told", told)
