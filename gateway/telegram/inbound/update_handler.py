"""Where Telegram's updates come in, from polling or by the webhook, and each is handled once."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

from aiogram import Bot, Dispatcher
from aiogram.types import ErrorEvent, Update
from cachetools import LRUCache
from pydantic import SecretStr

from gateway.clients.clients import Clients
from gateway.clients.outage import is_outage
from gateway.telegram.inbound.askings import Askings
from gateway.telegram.inbound.best_effort import BestEffortSender
from gateway.telegram.inbound.callbacks import callbacks
from gateway.telegram.inbound.commands import commands
from gateway.telegram.inbound.locale_cache import LocaleCache
from gateway.telegram.inbound.messages import messages, others_messages
from gateway.telegram.inbound.parsing import read
from gateway.telegram.inbound.throttling import Throttling
from gateway.telegram.inbound.visitor import Reply, TelegramVisitor, VisitorMiddleware
from gateway.telegram.send_rate import SendRate
from gateway.telegram.settings import TelegramSettings
from gateway.telegram.typing import Typing

logger = logging.getLogger(__name__)

REMEMBERED = 10_000
"""How many updates are known to have been handled; Telegram brings back at most a hundred at a time."""


class UpdateHandler:
    """Takes updates and hands each to its handler."""

    def __init__(
        self,
        bot: Bot,
        clients: Clients,
        typing: Typing,
        locales: LocaleCache,
        pace: SendRate,
        *,
        askings: Askings,
        pepper: SecretStr,
        settings: TelegramSettings,
    ) -> None:
        self._bot = bot
        self._best_effort = BestEffortSender(bot, pace)
        self._handled: LRUCache[int, None] = LRUCache(REMEMBERED)
        self._under_way: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._dispatcher = Dispatcher(disable_fsm=True)
        self._dispatcher.update.outer_middleware(VisitorMiddleware(clients, typing, locales, self._best_effort, pepper))
        self._dispatcher.update.outer_middleware(Throttling(settings))
        self._dispatcher.include_routers(others_messages(), commands(), messages(), callbacks(askings))
        self._dispatcher.errors.register(_apologise, _never_passes)

    async def take(self, update: Update) -> None:
        """Handles an update, unless it was handled before. When this returns, Telegram need not bring it again.

        Raises what `is_outage` knows when Temporal is away: then it has to come again. Any other failure would come
        again with it, and keep everybody's updates waiting: so it is logged, and the person is told.
        """
        # One that comes again meanwhile waits to hear whether it has to be handled once more.
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
        """Says what people are still to hear."""
        await self._best_effort.finish()

    def read(self, raw: object) -> Update | None:
        """An update as Telegram wrote it, as far as it can be read. None when nobody could answer what is left."""
        return read(raw, self._bot)


async def _never_passes(event: ErrorEvent) -> bool:
    return not is_outage(event.exception)


async def _apologise(event: ErrorEvent, visitor: TelegramVisitor | None = None) -> None:
    """Answers an update that no attempt can handle, and lets it go."""
    error = event.exception
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "nowhere"
    # No more than its type and place: its words may be those of a person.
    logger.error("An update could not be handled: %s at %s", type(error).__name__, where)
    if visitor is not None:
        await visitor.hears(Reply("telegram-trouble"))
