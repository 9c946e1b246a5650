"""The bot's inbound side by itself, between a person and clients that note what is asked of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    GetMe,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import Update, User

from gateway.telegram.inbound.update_handler import UpdateHandler
from tests.telegram.fake_clients import Asked

ANNA = 4242
AGAIN = 77_000
"""The update that comes again."""


class NotedRequests(BaseSession):
    """A Telegram that takes everything."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[TelegramMethod[Any]] = []

    async def close(self) -> None:
        """There is nothing to close."""

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109
        if isinstance(method, GetMe):
            return User(id=bot.id, is_bot=True, first_name="Selfology", username="selfology_test_bot")
        self.requests.append(method)
        return True

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError("no test downloads a file")
        yield b""


@dataclass
class Gateway:
    """The bot's inbound side, between a person and clients."""

    updates: UpdateHandler
    asked: Asked
    telegram: NotedRequests
    _number: int = field(default=0)

    async def hears(self, text: str, *, language_code: str = "en", by: str | None = None) -> None:
        """The person writes, in a Telegram that speaks this language, or passes on what somebody else has written."""
        sender = {**_ANNA, "language_code": language_code}
        origin = {"forward_origin": {"type": "hidden_user", "date": 0, "sender_user_name": by}} if by else {}
        await self._takes(message={**self._message(), "text": text, "from": sender, **origin})

    async def hears_voice(self, *, seconds: int = 3, size: int = 4, again: bool = False) -> None:
        """The person sends a voice message of this length, or the same update comes again."""
        voice = {"file_id": "sound", "file_unique_id": "s", "duration": seconds, "file_size": size}
        await self._takes(message={**self._message(), "voice": voice}, **({"update_id": AGAIN} if again else {}))

    async def hears_edit(self, text: str) -> None:
        """The person edits a message."""
        await self._takes(edited_message={**self._message(), "text": text, "edit_date": 1})

    async def hears_tap(
        self,
        data: str,
        message_id: int = 7,
        *,
        among: list[list[str]] | None = None,
        shows: str = "?",
        readable: bool = True,
    ) -> None:
        """The person taps a button, among the rows of buttons that their message has."""
        rows = [[{"text": each, "callback_data": each} for each in row] for row in among or []]
        shown: dict[str, object] = {"message_id": message_id, "date": 0, "chat": {"id": ANNA, "type": "private"}}
        if readable:
            shown = {**self._message(), **shown, "text": shows, "reply_markup": {"inline_keyboard": rows}}
        tap = {"id": "1", "from": _ANNA, "chat_instance": "1", "message": shown, "data": data}
        await self._takes(callback_query=tap)

    @property
    def said(self) -> list[str]:
        """What the gateway itself said: messages and toasts."""
        return [r.text or "" for r in self.telegram.requests if isinstance(r, SendMessage | AnswerCallbackQuery)]

    @property
    def left(self) -> list[list[str | None]]:
        """What the buttons carry that the last tap left."""
        *_, last = (r for r in self.telegram.requests if isinstance(r, EditMessageReplyMarkup))
        rows = last.reply_markup.inline_keyboard if last.reply_markup else []
        return [[button.callback_data for button in row] for row in rows]

    def _message(self) -> dict[str, object]:
        return {"message_id": 100 + self._number, "date": 0, "chat": {"id": ANNA, "type": "private"}, "from": _ANNA}

    async def _takes(self, **update: object) -> None:
        self._number += 1
        read = self.updates.read({"update_id": self._number, **update})
        assert isinstance(read, Update)
        await self.updates.handle(read)
        await self.updates.__aexit__(None, None, None)


_ANNA = {"id": ANNA, "is_bot": False, "first_name": "Anna", "language_code": "en"}
