"""The webhook: Telegram brings updates itself, and brings one again until it is told that it was handled."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from aiohttp import web
from temporalio.service import RPCError

from gateway.telegram.settings import TelegramSettings
from gateway.telegram.updates.inbox import Inbox
from gateway.telegram.updates.outage import temporal_away
from workers.errors import OperatorError

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
DRAIN_WITHIN = 10.0
"""Seconds that updates under way may still take when the bot is told to stop."""


class Webhook:
    """Handles each update before it is confirmed; aiogram's own handler confirms one that takes long, and loses it."""

    def __init__(self, inbox: Inbox, secret: str) -> None:
        self._inbox = inbox
        self._secret = secret
        self._temporal = temporal_away()
        self._failed: set[int] = set()

    async def receive(self, request: web.Request) -> web.Response:
        """One update: 200 when it need not come again, 503 when it has to, 401 for others than Telegram."""
        # Whatever bytes strangers send: what is no text, aiohttp reads as surrogates.
        given = request.headers.get(SECRET_HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, self._secret.encode()):
            return web.Response(status=401)
        update = self._inbox.read(await request.json())
        if update is None:
            return web.Response()
        try:
            await self._inbox.take(update)
        except RPCError as error:
            self._temporal.is_on(error.status.name)
            self._failed.add(update.update_id)
            return web.Response(status=503)
        # What succeeded at once may not have needed Temporal at all.
        if update.update_id in self._failed:
            self._failed.remove(update.update_id)
            self._temporal.is_over()
        return web.Response()


@asynccontextmanager
async def listening(webhook: Webhook, settings: TelegramSettings) -> AsyncIterator[None]:
    """Serves the webhook's path until the context is left. Raises `OperatorError` when the port can't be used."""
    application = web.Application()
    application.router.add_post(urlsplit(settings.webhook_url or "").path or "/", webhook.receive)
    # Without an access log: it would tell of every message when it came.
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=DRAIN_WITHIN)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.webhook_host, settings.webhook_port).start()
        except OSError as error:
            raise OperatorError(
                f"The webhook can't listen on {settings.webhook_host}:{settings.webhook_port}: {error.strerror}."
                " Set SELFOLOGY_TELEGRAM_WEBHOOK_HOST and SELFOLOGY_TELEGRAM_WEBHOOK_PORT."
            ) from None
        yield
    finally:
        await runner.cleanup()
