"""The sign that somebody is typing: it lives as long as the work does."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Self

from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import AiogramError

log = logging.getLogger(__name__)

LONGEST = 10.0
"""Seconds after which the sign goes: whatever takes longer is no matter of typing."""
_AGAIN = 4.5
"""Seconds; Telegram shows the sign for 5."""


class Typing:
    """Shows people that an answer is on its way. A courtesy: whatever fails here disturbs nothing.

    `alone` says whether all replies come from this process. Where another one may bring them, nobody tells this one
    when they are there, so the sign is shown once and goes by itself.

    aiogram's own ChatActionSender logs chat ids and leaves its failures to the event loop, which logs them, too.
    """

    def __init__(self, bot: Bot, *, alone: bool = True) -> None:
        self._bot = bot
        self._alone = alone
        self._shown: dict[int, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Lets all signs go."""
        signs = list(self._shown.values())
        for sign in signs:
            sign.cancel()
        await asyncio.gather(*signs, return_exceptions=True)

    def begins(self, chat_id: int) -> None:
        """Shows the sign in a chat until `ends`, at most for `LONGEST` seconds from now."""
        self.ends(chat_id)
        sign = asyncio.create_task(self._keep_alive(chat_id))
        self._shown[chat_id] = sign
        sign.add_done_callback(lambda done: self._forget(chat_id, done))

    def ends(self, chat_id: int) -> None:
        """Lets the sign go; Telegram takes it away when a message comes."""
        if sign := self._shown.pop(chat_id, None):
            sign.cancel()

    def shown_in(self, chat_id: int) -> bool:
        """Whether the sign is kept alive in a chat."""
        return chat_id in self._shown

    def _forget(self, chat_id: int, done: asyncio.Task[None]) -> None:
        if self._shown.get(chat_id) is done:
            del self._shown[chat_id]

    async def _keep_alive(self, chat_id: int) -> None:
        try:
            async with asyncio.timeout(LONGEST):
                await self._show(chat_id)
                while self._alone:
                    await asyncio.sleep(_AGAIN)
                    await self._show(chat_id)
        except TimeoutError:
            pass
        except AiogramError as error:
            # Its class only: its text may name the chat.
            log.info("The typing sign could not be shown: %s", type(error).__name__)

    async def _show(self, chat_id: int) -> None:
        await self._bot.send_chat_action(chat_id, ChatAction.TYPING, request_timeout=3)
