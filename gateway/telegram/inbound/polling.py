"""Long polling: requests updates from Telegram and confirms those that were handled."""

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
from gateway.telegram.bot_api import UnexpectedResponse
from gateway.telegram.inbound.outage import TelegramOutage, pause_after, temporal_away
from gateway.telegram.inbound.parsing import ALLOWED_UPDATES
from gateway.telegram.inbound.update_handler import UpdateHandler

logger = logging.getLogger(__name__)

ASK_FOR = 30
"""Seconds that Telegram holds a request open while there is no update."""
ANSWER_WITHIN = 10
"""Seconds that the network may take on top of that."""
TRY_AGAIN = BackoffConfig(min_delay=0.5, max_delay=5.0, factor=1.5, jitter=0.1)
"""The pauses between retries while Telegram or Temporal is away."""


class GetUpdates(TelegramMethod[list[Any]]):
    """Telegram's `getUpdates` with raw updates, so that one that can't be parsed does not fail the whole batch."""

    __returning__ = list[Any]
    __api_method__ = "getUpdates"

    offset: int | None
    timeout: int
    allowed_updates: list[str]


class Polling:
    """Handles updates batch by batch: chats concurrently, the updates of one chat in order."""

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
        """Polls until `leaving` is set. Raises `TelegramUnauthorizedError` when Telegram refuses the token."""
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
        """Requests updates. Drops those without an `update_id`, because they can't be confirmed.

        Raises `UnexpectedResponse` when none has one.
        """
        ask = GetUpdates(offset=self._offset, timeout=seconds, allowed_updates=ALLOWED_UPDATES)
        answer = await self._bot(ask, request_timeout=seconds + ANSWER_WITHIN)
        updates = [update for update in answer if _is_numbered(update)]
        if not updates and answer:
            raise UnexpectedResponse(200, "updates without a number")
        if left_out := len(answer) - len(updates):
            logger.error("Telegram sent %d updates without a number; they are left out", left_out)
        return updates

    async def _confirm(self) -> None:
        """Confirms the last batch, so that Telegram does not send it again after a restart."""
        with suppress(AiogramError):
            await self._ask(0)

    async def _handle(self, batch: list[dict[str, Any]]) -> None:
        chats: defaultdict[int, deque[Update]] = defaultdict(deque)
        for update in filter(None, map(self._updates.read, batch)):
            chats[_sender(update)].append(update)
        await asyncio.gather(*(self._in_order(updates) for updates in chats.values()))
        # Updates that were not handled stay unconfirmed, so that Telegram sends them again.
        left = [update.update_id for updates in chats.values() for update in updates]
        confirmed, self._offset = self._offset, min(left, default=max(update["update_id"] for update in batch) + 1)
        if self._offset == confirmed and not left:
            raise UnexpectedResponse(200, "updates that were confirmed")

    async def _in_order(self, updates: deque[Update]) -> None:
        """Handles the updates of one chat in order. Stops early when the bot is leaving while Temporal is away."""
        backoff = Backoff(self._try_again)
        while updates:
            try:
                await self._updates.handle(updates[0])
            except RPCError as error:
                self._temporal.is_on(error.status.name)
                if self._leaving.is_set():
                    return
                await first(backoff.asleep(), self._leaving.wait())
            else:
                updates.popleft()
                # Only after a failure: an update that succeeds at once may not need Temporal.
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
    """Returns the id of the person, which is also the id of their private chat."""
    if message := update.message or update.edited_message:
        return message.chat.id
    if stopped := update.stopped_message_generation:
        return stopped.chat.id
    return update.callback_query.from_user.id if update.callback_query else 0
