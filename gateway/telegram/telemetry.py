"""Traces and measures what comes from Telegram and what goes there, by methods and kinds of updates alone."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import TelegramObject, Update
from opentelemetry.trace import SpanKind, get_tracer

from schema.metrics import REQUEST

_tracer = get_tracer(__name__)
_OF_TELEGRAM = {"messaging.system": "telegram"}


class ObservedUpdates(BaseMiddleware):
    """Begins the trace of an update, to which all belongs that it causes, in whichever process; and measures it."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        kind = event.event_type if isinstance(event, Update) else "update"
        began, outcome = time.perf_counter(), "failed"
        try:
            with _tracer.start_as_current_span(f"telegram {kind}", kind=SpanKind.CONSUMER, attributes=_OF_TELEGRAM):
                handled = await handler(event, data)
            outcome = "taken"
            return handled
        finally:
            took = timedelta(seconds=time.perf_counter() - began)
            REQUEST.record(took, door="telegram", outcome=outcome)


class TracedRequests(BaseRequestMiddleware):
    """Traces requests to the Bot API, but for the one that waits for updates."""

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        if method.__api_method__ == GetUpdates.__api_method__:
            return await make_request(bot, method)
        name = f"telegram {method.__api_method__}"
        with _tracer.start_as_current_span(name, kind=SpanKind.CLIENT, attributes=_OF_TELEGRAM):
            return await make_request(bot, method)
