"""Handles each update once, whether it comes by polling or by the webhook."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

from aiogram import Bot, Dispatcher
from aiogram.types import ErrorEvent, Update
from cachetools import LRUCache

from gateway.clients.clients import Clients
from gateway.clients.outage import is_outage
from gateway.telegram.inbound.askings import Askings
from gateway.telegram.inbound.best_effort import BestEffortSender
from gateway.telegram.inbound.callbacks import callbacks
from gateway.telegram.inbound.commands import commands
from gateway.telegram.inbound.locale_cache import LocaleCache
from gateway.telegram.inbound.messages import messages, messages_by_others
from gateway.telegram.inbound.parsing import read
from gateway.telegram.inbound.throttling import Throttling
from gateway.telegram.inbound.visitor import Reply, TelegramVisitor, VisitorMiddleware, screen_rest
from gateway.telegram.inbound.voice import SpokenMessages
from gateway.telegram.send_rate import SendRate
from gateway.telegram.settings import TelegramSettings
from gateway.telegram.telemetry import ObservedUpdates
from gateway.telegram.typing_sign import Typing
from schema.failure_description import described
from schema.identity import Identities

logger = logging.getLogger(__name__)

REMEMBERED = 10_000
"""How many handled updates are remembered; Telegram sends at most a hundred again."""


class UpdateHandler:
    """Dispatches updates through the middlewares and routers."""

    def __init__(
        self,
        bot: Bot,
        clients: Clients,
        typing: Typing,
        locales: LocaleCache,
        pace: SendRate,
        *,
        askings: Askings,
        identities: Identities,
        settings: TelegramSettings,
        hears: bool = False,
    ) -> None:
        """`hears` says whether voice messages can be heard."""
        self._bot = bot
        self._best_effort = BestEffortSender(bot, pace)
        self._handled: LRUCache[int, None] = LRUCache(REMEMBERED)
        self._under_way: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._dispatcher = Dispatcher(disable_fsm=True)
        self._dispatcher.update.outer_middleware(ObservedUpdates())
        self._dispatcher.update.outer_middleware(
            VisitorMiddleware(clients, typing, locales, self._best_effort, identities)
        )
        self._dispatcher.update.outer_middleware(Throttling(settings))
        self._dispatcher.message.outer_middleware(screen_rest)
        self._dispatcher.edited_message.outer_middleware(screen_rest)
        spoken = SpokenMessages(settings.voices_a_day) if hears else None
        self._dispatcher.include_routers(messages_by_others(), commands(), messages(spoken), callbacks(askings))
        self._dispatcher.errors.register(_report_failure, _is_permanent)

    async def handle(self, update: Update) -> None:
        """Handles an update unless it was handled before. After it returns, the update can be confirmed.

        Raises an `RPCError` for which `is_outage` is true when Temporal is away; the update must then come again. Any
        other error would repeat with the update and block the queue, so it is logged and the person gets a reply.
        """
        # A duplicate that arrives meanwhile waits, and is handled only if the first attempt failed.
        under_way = self._under_way.setdefault(update.update_id, asyncio.Lock())
        async with under_way:
            if update.update_id in self._handled:
                return
            await self._dispatcher.feed_update(self._bot, update)
            self._handled[update.update_id] = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Sends the waiting messages."""
        await self._best_effort.finish()

    def read(self, raw: object) -> Update | None:
        """Parses a raw update as far as possible. Returns None when nothing that a handler takes is left."""
        return read(raw, self._bot)


async def _is_permanent(event: ErrorEvent) -> bool:
    return not is_outage(event.exception)


async def _report_failure(event: ErrorEvent, visitor: TelegramVisitor | None = None) -> None:
    """Logs an error that a retry would repeat, and tells the person that something went wrong."""
    logger.error("An update could not be handled: %s", described(event.exception))
    if visitor is not None:
        await visitor.reply(Reply("telegram-trouble"))
