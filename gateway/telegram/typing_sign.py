"""Telegram's typing indicator, shown while a reply is on its way."""

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
"""Seconds after which the indicator is no longer renewed, even without a reply."""
LONGEST_FOR_COACH = 60.0
"""The same while the coach replies, whose models may think for half a minute each."""
_AGAIN = 4.5
"""Seconds between renewals; Telegram shows the indicator for 5."""


class Typing:
    """Shows the typing indicator. Best effort: failures are logged and ignored.

    `alone` says whether all replies are sent by this process. If not, this process does not learn when a reply was
    sent, so it shows the indicator once and does not renew it.

    aiogram's own ChatActionSender logs chat ids, and the event loop logs its failures.
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
        """Stops renewing all indicators."""
        signs = list(self._shown.values())
        for sign in signs:
            sign.cancel()
        await asyncio.gather(*signs, return_exceptions=True)

    def start(self, chat_id: int, longest: float = LONGEST) -> None:
        """Shows the indicator in a chat until `stop` is called, for `longest` seconds at most."""
        self.stop(chat_id)
        sign = asyncio.create_task(self._keep_alive(chat_id, longest))
        self._shown[chat_id] = sign
        sign.add_done_callback(lambda done: self._forget(chat_id, done))

    def stop(self, chat_id: int) -> None:
        """Stops renewing the indicator. Telegram removes it when a message arrives."""
        if sign := self._shown.pop(chat_id, None):
            sign.cancel()

    def shown_in(self, chat_id: int) -> bool:
        """Returns whether the indicator is being renewed in a chat."""
        return chat_id in self._shown

    def _forget(self, chat_id: int, done: asyncio.Task[None]) -> None:
        if self._shown.get(chat_id) is done:
            del self._shown[chat_id]

    async def _keep_alive(self, chat_id: int, longest: float) -> None:
        try:
            async with asyncio.timeout(longest):
                await self._show(chat_id)
                while self._alone:
                    await asyncio.sleep(_AGAIN)
                    await self._show(chat_id)
        except TimeoutError:
            pass
        except AiogramError as error:
            # Only the class: the message may name the chat.
            log.info("The typing sign could not be shown: %s", type(error).__name__)

    async def _show(self, chat_id: int) -> None:
        await self._bot.send_chat_action(chat_id, ChatAction.TYPING, request_timeout=3)
