"""Long polling: the bot asks Telegram for updates, and confirms those that it has handled."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from contextlib import suppress
from typing import Any

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramUnauthorizedError
from aiogram.methods import TelegramMethod
from aiogram.types import Update
from aiogram.utils.backoff import Backoff, BackoffConfig
from temporalio.service import RPCError

from gateway.concurrency import first
from gateway.telegram.bot_api import OddAnswer
from gateway.telegram.inbound.outage import TelegramOutage, pause_after, temporal_away
from gateway.telegram.inbound.parsing import KINDS
from gateway.telegram.inbound.update_handler import UpdateHandler

logger = logging.getLogger(__name__)

ASK_FOR = 30
"""Seconds that Telegram may hold a request while there is nothing new."""
ANSWER_WITHIN = 10
"""Seconds that the network may add to that."""
TRY_AGAIN = BackoffConfig(min_delay=0.5, max_delay=5.0, factor=1.5, jitter=0.1)
"""Pauses between attempts while Telegram or Temporal is away."""


class GetUpdates(TelegramMethod[list[Any]]):
    """Telegram's method, with updates as they were written: one that can't be read must not hide the others."""

    __returning__ = list[Any]
    __api_method__ = "getUpdates"

    offset: int | None
    timeout: int
    allowed_updates: list[str]


class Polling:
    """Updates come batch by batch. Chats of a batch are handled side by side, each in its own order."""

    def __init__(
        self, bot: Bot, updates: UpdateHandler, leaving: asyncio.Event, *, try_again: BackoffConfig = TRY_AGAIN
    ) -> None:
        self._bot = bot
        self._updates = updates
        self._leaving = leaving
        self._try_again = try_again
        self._offset: int | None = None
        self._telegram = TelegramOutage()
        self._temporal = temporal_away()

    async def run(self) -> None:
        """Polls until the bot is leaving. Raises `TelegramUnauthorizedError` when the token is no longer good."""
        backoff = Backoff(self._try_again)
        while not self._leaving.is_set():
            try:
                batch = await first(self._ask(ASK_FOR), self._leaving.wait())
                if isinstance(batch, list) and batch:
                    await self._handle(batch)
            except TelegramUnauthorizedError:
                raise
            except AiogramError as error:
                self._telegram.is_on(error)
                await first(asyncio.sleep(pause_after(error, backoff)), self._leaving.wait())
            else:
                self._telegram.is_over()
                backoff.reset()
        await self._confirm()

    async def _ask(self, seconds: int) -> list[dict[str, Any]]:
        """The updates that Telegram has, each of them with a number: none could be confirmed without."""
        ask = GetUpdates(offset=self._offset, timeout=seconds, allowed_updates=KINDS)
        answer = await self._bot(ask, request_timeout=seconds + ANSWER_WITHIN)
        updates = [update for update in answer if _is_numbered(update)]
        if not updates and answer:
            raise OddAnswer(200, "updates without a number")
        if left_out := len(answer) - len(updates):
            logger.error("Telegram sent %d updates without a number; they are left out", left_out)
        return updates

    async def _confirm(self) -> None:
        """Confirms what was handled last, so that it does not come once more when the bot is back."""
        with suppress(AiogramError):
            await self._ask(0)

    async def _handle(self, batch: list[dict[str, Any]]) -> None:
        chats: defaultdict[int, deque[Update]] = defaultdict(deque)
        for update in filter(None, map(self._updates.read, batch)):
            chats[_sender(update)].append(update)
        await asyncio.gather(*(self._in_order(updates) for updates in chats.values()))
        # Only now, and not what is left: that comes again.
        left = [update.update_id for updates in chats.values() for update in updates]
        confirmed, self._offset = self._offset, min(left, default=max(update["update_id"] for update in batch) + 1)
        if self._offset == confirmed and not left:
            raise OddAnswer(200, "updates that were confirmed")

    async def _in_order(self, updates: deque[Update]) -> None:
        """Handles the updates of one chat, until none is left or the bot is leaving while Temporal is away."""
        backoff = Backoff(self._try_again)
        while updates:
            try:
                await self._updates.take(updates[0])
            except RPCError as error:
                self._temporal.is_on(error.status.name)
                if self._leaving.is_set():
                    return
                await first(backoff.asleep(), self._leaving.wait())
            else:
                updates.popleft()
                # What succeeded at once may not have needed Temporal at all.
                if backoff.counter:
                    self._temporal.is_over()
                    backoff.reset()


def _is_numbered(update: object) -> bool:
    match update:
        case {"update_id": int(number)}:
            return not isinstance(number, bool)
        case _:
            return False


def _sender(update: Update) -> int:
    """Whose update it is: the id of a private chat, which is also that of its person."""
    if message := update.message or update.edited_message:
        return message.chat.id
    return update.callback_query.from_user.id if update.callback_query else 0
