"""The webhook server: Telegram sends updates to it, and sends each again until it is confirmed."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError
from temporalio.service import RPCError

from gateway.telegram.bot_api import json_object
from gateway.telegram.inbound.outage import temporal_away
from gateway.telegram.inbound.update_handler import UpdateHandler
from gateway.telegram.settings import TelegramSettings
from schema.operator_error import OperatorError

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
DRAIN_WITHIN = 10.0
"""Seconds that running updates may take after the bot is told to stop."""
READ_WITHIN = 10.0
"""Timeout in seconds for reading a request's body; an update is a few kilobytes."""
IDLE_FOR = 75.0
"""Seconds that a connection may idle between requests. Longer than proxies keep one open (nginx: 60), so that no proxy
sends a request into a connection that is being closed."""
LARGEST = 2**20
"""The most bytes of a request's body."""


class Webhook:
    """Handles each update before it confirms it. aiogram's own handler confirms a slow update early and can lose it."""

    def __init__(self, updates: UpdateHandler, path: str, secret: str, *, read_within: float = READ_WITHIN) -> None:
        self._updates = updates
        self._path = path
        self._secret = secret
        self.read_within = read_within
        self._temporal = temporal_away()
        self._failed: set[int] = set()

    async def receive(self, request: web.Request) -> web.Response:
        """Handles one update. Returns 200 when it is done with, 503 when Telegram has to send it again.

        Returns 400 for what is no update, 408 for a slow body and 413 for a large one. Whoever is not Telegram gets
        404, and can't tell which of method, path and secret is wrong.
        """
        if not self._is_telegram(request):
            return web.Response(status=404)
        try:
            async with asyncio.timeout(self.read_within):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        except (web.RequestPayloadError, OSError):
            # The body broke off, or is not in the encoding that its header names.
            return web.Response(status=400)
        if (raw := json_object(body)) is None:
            logger.warning("The webhook was brought what is no update; it is refused")
            return web.Response(status=400)
        update = self._updates.read(raw)
        if update is None:
            return web.Response()
        try:
            await self._updates.handle(update)
        except RPCError as error:
            self._temporal.is_on(error.status.name)
            self._failed.add(update.update_id)
            return web.Response(status=503)
        # Only after a failure: an update that succeeds at once may not need Temporal.
        if update.update_id in self._failed:
            self._failed.remove(update.update_id)
            self._temporal.is_over()
        return web.Response()

    def _is_telegram(self, request: web.Request) -> bool:
        # aiohttp decodes bytes that are no UTF-8 as surrogates.
        given = request.headers.get(SECRET_HEADER, "").encode(errors="surrogateescape")
        knows_secret = hmac.compare_digest(given, self._secret.encode())
        return knows_secret and request.method == hdrs.METH_POST and request.path == self._path


@asynccontextmanager
async def listening(webhook: Webhook, settings: TelegramSettings, *, idle_for: float = IDLE_FOR) -> AsyncIterator[None]:
    """Serves the webhook while the context is open. Raises `OperatorError` when the port can't be used."""

    @web.middleware
    async def receive_all(request: web.Request, handler: object) -> web.Response:
        """Receives requests to every path: the router's own answers would tell the right one."""
        return await webhook.receive(request)

    application = web.Application(client_max_size=LARGEST, middlewares=[receive_all])
    application.on_response_prepare.append(_leave_software_out)
    # Without an access log, which would record when each message came.
    runner = web.AppRunner(
        application,
        access_log=None,
        logger=_server_log(),
        shutdown_timeout=DRAIN_WITHIN,
        keepalive_timeout=idle_for,
        # For a body that was not read.
        lingering_time=webhook.read_within,
    )
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


async def _leave_software_out(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    del response.headers[hdrs.SERVER]


def _server_log() -> logging.Logger:
    """Returns aiohttp's error log without what is no HTTP: any stranger can fill it with that."""

    def is_http(record: logging.LogRecord) -> bool:
        return not record.exc_info or not isinstance(record.exc_info[1], (HttpProcessingError, web.RequestPayloadError))

    log = logging.getLogger(f"{__name__}.server")
    log.filters = [is_http]
    return log
