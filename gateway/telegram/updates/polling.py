"""Long polling: the bot asks Telegram for updates, and confirms those that it has handled."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from contextlib import suppress
from typing import Any

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramConflictError, TelegramRetryAfter, TelegramUnauthorizedError
from aiogram.methods import TelegramMethod
from aiogram.types import Update
from aiogram.utils.backoff import Backoff, BackoffConfig
from temporalio.service import RPCError

from gateway.racing import first
from gateway.telegram.updates.inbox import Inbox
from gateway.telegram.updates.outage import Outage, telegram_away, temporal_away
from gateway.telegram.updates.reading import KINDS

ASK_FOR = 30
"""Seconds that Telegram may hold a request while there is nothing new."""
ANSWER_WITHIN = 10
"""Seconds that the network may add to that."""
TRY_AGAIN = BackoffConfig(min_delay=0.5, max_delay=5.0, factor=1.5, jitter=0.1)
"""Pauses between attempts while Telegram or Temporal is away."""


class GetUpdates(TelegramMethod[list[dict[str, Any]]]):
    """Telegram's method, with updates as they were written: one that can't be read must not hide the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None
    timeout: int
    allowed_updates: list[str]


class Polling:
    """Updates come batch by batch. Chats of a batch are handled side by side, each in its own order."""

    def __init__(self, bot: Bot, inbox: Inbox, leaving: asyncio.Event, *, try_again: BackoffConfig = TRY_AGAIN) -> None:
        self._bot = bot
        self._inbox = inbox
        self._leaving = leaving
        self._try_again = try_again
        self._offset: int | None = None
        self._telegram = telegram_away()
        self._temporal = temporal_away()
        self._rival = Outage(
            "Another process polls with the same token, and Telegram lets only one; several can share a webhook",
            "No other process polls any more",
        )

    async def run(self) -> None:
        """Polls until the bot is leaving. Raises `TelegramUnauthorizedError` when the token is no longer good."""
        backoff = Backoff(self._try_again)
        while not self._leaving.is_set():
            try:
                batch = await first(self._ask(ASK_FOR), self._leaving.wait())
            except TelegramUnauthorizedError:
                raise
            except AiogramError as error:
                self._tell_operators(error)
                pause = error.retry_after if isinstance(error, TelegramRetryAfter) else next(backoff)
                await first(asyncio.sleep(pause), self._leaving.wait())
            else:
                self._telegram.is_over()
                self._rival.is_over()
                backoff.reset()
                if isinstance(batch, list) and batch:
                    await self._handle(batch)
        await self._confirm()

    def _tell_operators(self, error: AiogramError) -> None:
        # No more of an error than its kind: its words may hold an address.
        if isinstance(error, TelegramConflictError):
            self._rival.is_on(type(error).__name__)
        else:
            self._telegram.is_on(type(error.__cause__ or error).__name__)

    async def _ask(self, seconds: int) -> list[dict[str, Any]]:
        ask = GetUpdates(offset=self._offset, timeout=seconds, allowed_updates=KINDS)
        return await self._bot(ask, request_timeout=seconds + ANSWER_WITHIN)

    async def _confirm(self) -> None:
        """Confirms what was handled last, so that it does not come once more when the bot is back."""
        with suppress(AiogramError):
            await self._ask(0)

    async def _handle(self, batch: list[dict[str, Any]]) -> None:
        chats: defaultdict[int, deque[Update]] = defaultdict(deque)
        for update in filter(None, map(self._inbox.read, batch)):
            chats[_sender(update)].append(update)
        await asyncio.gather(*(self._in_order(updates) for updates in chats.values()))
        # Only now, and not what is left: that comes again.
        left = [update.update_id for updates in chats.values() for update in updates]
        self._offset = min(left, default=batch[-1]["update_id"] + 1)

    async def _in_order(self, updates: deque[Update]) -> None:
        """Handles the updates of one chat, until none is left or the bot is leaving while Temporal is away."""
        backoff = Backoff(self._try_again)
        while updates:
            try:
                await self._inbox.take(updates[0])
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


def _sender(update: Update) -> int:
    """Whose update it is: the id of a private chat, which is also that of its person."""
    if message := update.message or update.edited_message:
        return message.chat.id
    return update.callback_query.from_user.id if update.callback_query else 0
