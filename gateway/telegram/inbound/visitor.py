"""Who writes or taps, and what the gateway does for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.middlewares.user_context import EventContext
from aiogram.enums import ChatType
from aiogram.methods import SendMessage
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, TelegramObject, Update
from pydantic import SecretStr

from gateway.clients.clients import Clients
from gateway.clients.visitor import Said, Tell
from gateway.erasures import Erasure
from gateway.presentation.texts import Texts
from gateway.telegram.inbound.best_effort import BestEffortSender
from gateway.telegram.inbound.contents import is_by_others, may_go_on, words_of
from gateway.telegram.inbound.locale_cache import LocaleCache
from gateway.telegram.typing import Typing
from schema.channels import TELEGRAM_QUEUE
from schema.deliveries import NoticeCode
from schema.identity import user_ref
from schema.person import Channel
from schema.safety.messages import Overheard
from schema.vocabulary import Locale

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Reply:
    """A short line of the gateway's own."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    keyboard: InlineKeyboardMarkup | None = None


@dataclass(frozen=True)
class TelegramVisitor:
    """One person, at one update of theirs."""

    user_ref: str
    chat_id: int
    """Personal, as the next two: only ever inside payloads."""
    language_code: str | None
    tap: CallbackQuery | None
    """The button that they tapped, if they did."""
    update_id: str
    clients: Clients
    typing: Typing
    locales: LocaleCache
    best_effort: BestEffortSender

    @property
    def channel(self) -> Channel:
        """How a session reaches this person."""
        return Channel(task_queue=TELEGRAM_QUEUE, address=str(self.chat_id))

    @property
    def locale(self) -> Locale:
        """The language of the gateway's lines, and of a session that begins."""
        return self.locales.of(str(self.chat_id), self.language_code)

    @property
    def texts(self) -> Texts:
        """The gateway's lines."""
        return Texts(self.locale)

    def speaks(self, locale: Locale) -> None:
        """The person chose a language."""
        self.locales.note(str(self.chat_id), locale)

    async def tell(self, tell: Tell[Said], said: Said) -> Reply | None:
        """Tells the open session. When there is none, returns the line that says so."""
        # Before sending: the reply may be here before the server's acknowledgement.
        self.typing.begins(self.chat_id)
        if await tell(self, said):
            return None
        self.typing.ends(self.chat_id)
        return Reply("telegram-no-session")

    async def is_overheard(
        self, message: Message, otherwise: NoticeCode | None = None, *, words: str | None = None
    ) -> None:
        """Has words heard for a crisis that no session takes: all those of a message, or those of it that are given.

        `otherwise` is what the person is told if it is none.
        """
        if text := words or words_of(message):
            if otherwise and await self.is_being_erased():
                otherwise = None
            overheard = Overheard(
                text=text,
                otherwise=otherwise,
                by_others=is_by_others(message),
                more_expected=may_go_on(message),
                update_id=self.update_id,
            )
            await self.clients.safety.overhear(self, overheard)

    async def is_being_erased(self) -> bool:
        """Whether an erasure of this person is under way: the gateway has nothing to say to them then."""
        latest = await self.clients.account.latest_erasure(self)
        return latest is not None and latest.under_way

    async def hears(self, line: Reply | None) -> None:
        """Says a line: over the button that was tapped, else as a message. A tap is answered even without one."""
        if self.tap is not None:
            if line and await self.is_being_erased():
                line = None
            await self.best_effort.attempt(self.tap.answer(self._words(line) if line else None))
        elif line:
            self._reads(line)

    async def sees_instead(self, line: Reply) -> None:
        """Puts a line, with its keyboard or none, in the place of the message whose button was tapped."""
        if await self.is_being_erased():
            await self.sees_buttons(None)
        elif isinstance(message := self.tap and self.tap.message, Message):
            await self.best_effort.attempt(message.edit_text(self._words(line), reply_markup=line.keyboard))
        else:
            # It is gone, or too old to be changed.
            self._reads(line)

    async def sees_buttons(self, keyboard: InlineKeyboardMarkup | None) -> None:
        """Puts other buttons, or none, under the message of which one was tapped."""
        if isinstance(message := self.tap and self.tap.message, Message):
            await self.best_effort.attempt(message.edit_reply_markup(reply_markup=keyboard))

    def _reads(self, line: Reply) -> None:
        """Says a line as a message, when it is the chat's turn."""
        message = SendMessage(chat_id=self.chat_id, text=self._words(line), reply_markup=line.keyboard)
        before = asyncio.create_task(self.clients.account.latest_erasure(self))
        self.best_effort.say(self.chat_id, message, unless=partial(self._is_erased_since, before))

    async def _is_erased_since(self, before: asyncio.Task[Erasure | None]) -> bool:
        """Whether an erasure is under way, or has been since: what waited for the chat's turn is no word for after it.

        No clock tells, so none can tell it wrong.
        """
        now = await self.clients.account.latest_erasure(self)
        earlier = await before
        return now is not None and (now.under_way or (earlier is None or earlier.run_id != now.run_id))

    def _words(self, line: Reply) -> str:
        return self.texts.say(line.key, **line.values)


class VisitorMiddleware(BaseMiddleware):
    """Knows who comes, and says to them what a handler returns. Only people in private chats are let in."""

    def __init__(
        self, clients: Clients, typing: Typing, locales: LocaleCache, best_effort: BestEffortSender, pepper: SecretStr
    ) -> None:
        self._clients = clients
        self._typing = typing
        self._locales = locales
        self._best_effort = best_effort
        self._pepper = pepper

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> None:
        context: EventContext = data["event_context"]
        user, chat = context.user, context.chat
        if not isinstance(event, Update) or chat is None or chat.type != ChatType.PRIVATE:
            return
        visitor = data["visitor"] = TelegramVisitor(
            # A private chat has the id of its person, of whom nothing else need be readable.
            user_ref=user_ref(self._pepper, f"telegram:{chat.id}"),
            chat_id=chat.id,
            language_code=user.language_code if user else None,
            tap=event.callback_query,
            update_id=str(event.update_id),
            clients=self._clients,
            typing=self._typing,
            locales=self._locales,
            best_effort=self._best_effort,
        )
        said = await handler(event, data)
        await visitor.hears(said if isinstance(said, Reply) else None)
