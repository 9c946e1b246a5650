"""Rate limits for the requests of each person."""

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
from schema import metrics

STORAGE_PATIENCE = 0.5
"""Timeout in seconds of the storage. Kept short, because every message waits for it."""


class RateLimiter(Protocol):
    """A rate limit per person."""

    async def try_acquire(self, user_ref: str) -> bool:
        """Counts a request if the limit allows one. Returns whether it did."""


class MemoryRateLimiter(RateLimiter):
    """A sliding window in the memory of this process."""

    def __init__(self, rate: Rate) -> None:
        self._window = MovingWindow(rate)

    async def try_acquire(self, user_ref: str) -> bool:
        return self._window.try_acquire(user_ref)


class RedisRateLimiter(RateLimiter):
    """A fixed window in Redis, shared by several gateways. It begins with a person's first request."""

    def __init__(self, redis: Redis, name: str, rate: Rate) -> None:
        self._redis = redis
        self._name = name
        self._rate = rate

    async def try_acquire(self, user_ref: str) -> bool:
        key = f"{self._name}:{user_ref}"
        async with self._redis.pipeline() as transaction:
            transaction.set(key, 0, ex=int(self._rate.seconds), nx=True)
            transaction.incr(key)
            _, count = await transaction.execute()
        return bool(count <= self._rate.most)


class Throttling(BaseMiddleware):
    """Middleware: limits the requests of each person, and tells them once per window when they make too many."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._requests, self._notices = _limiters(settings)
        self._counted: set[str] = set()
        self._outage = Outage(
            "SELFOLOGY_TELEGRAM_LIMITS_STORAGE does not answer; nobody is limited meanwhile",
            "SELFOLOGY_TELEGRAM_LIMITS_STORAGE answers again",
        )

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        visitor: TelegramVisitor = data["visitor"]
        if visitor.update_id in self._counted or await self._allows(self._requests, visitor):
            self._counted.discard(visitor.update_id)
            try:
                return await handler(event, data)
            except RPCError:
                # The update comes again when Temporal is back, and must not count twice.
                self._counted.add(visitor.update_id)
                raise
        metrics.RATE_LIMITED.add(by="bot")
        # A message over the limit is still screened for a crisis.
        message = isinstance(event, Update) and (event.message or event.edited_message)
        if message:
            await visitor.screen_text(message)
            await visitor.screen_rest(message)
        return Reply("telegram-too-many") if await self._allows(self._notices, visitor) else None

    async def _allows(self, limiter: RateLimiter, visitor: TelegramVisitor) -> bool:
        try:
            allowed = await limiter.try_acquire(visitor.user_ref)
        except RedisError as error:
            # Without the storage, everybody is let through.
            self._outage.is_on(type(error).__name__)
            return True
        self._outage.is_over()
        return allowed


def _limiters(settings: TelegramSettings) -> tuple[RateLimiter, RateLimiter]:
    """Returns the limit of requests, and the limit of notices about too many."""
    requests, notices = Rate(settings.limit, settings.limit_window), Rate(1, settings.limit_window)
    if settings.limits_storage is None:
        return MemoryRateLimiter(requests), MemoryRateLimiter(notices)
    redis = Redis.from_url(
        # The setting writes a socket as redis+unix://, the client as unix://.
        settings.limits_storage.get_secret_value().removeprefix("redis+"),
        socket_timeout=STORAGE_PATIENCE,
        socket_connect_timeout=STORAGE_PATIENCE,
        # One immediate retry, because the server may have closed an idle connection.
        retry=Retry(NoBackoff(), 1),
    )
    return RedisRateLimiter(redis, "selfology:requests", requests), RedisRateLimiter(redis, "selfology:told", notices)
