"""The person of an update, as handlers use them, and the middleware that provides them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.middlewares.user_context import EventContext
from aiogram.enums import ChatType
from aiogram.methods import SendMessage
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, TelegramObject, Update

from gateway.clients.clients import Clients
from gateway.clients.onboarding import Hearer
from gateway.clients.outage import keys_away_is_an_outage
from gateway.clients.visitor import SendSignal, SignalInput
from gateway.erasures import Erasure
from gateway.presentation.texts.texts import Texts
from gateway.telegram import keyboards
from gateway.telegram.inbound.best_effort import BestEffortSender
from gateway.telegram.inbound.contents import is_by_others, may_continue, text_of, words_beside_text, words_quoted
from gateway.telegram.inbound.locale_cache import LocaleCache
from gateway.telegram.typing_sign import LONGEST_FOR_COACH, Typing
from schema.channel_queues import TELEGRAM_QUEUE
from schema.coaching.messages import SaidToCoach
from schema.deliveries import NoticeCode
from schema.identity import Identities
from schema.person import Channel
from schema.safety.messages import Overheard
from schema.vocabulary import Locale

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Reply:
    """A short message of the gateway itself, by its text key."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    keyboard: InlineKeyboardMarkup | None = None


@dataclass(frozen=True)
class TelegramVisitor:
    """The person of one update, with what handlers can do for them."""

    user_ref: str
    chat_id: int
    """Personal, as the next two fields: only for payloads, never for logs or ids."""
    language_code: str | None
    tap: CallbackQuery | None
    """The callback query, when the update is one."""
    update_id: str
    clients: Clients
    typing: Typing
    locales: LocaleCache
    best_effort: BestEffortSender

    @property
    def channel(self) -> Channel:
        """The task queue and address that a session delivers to."""
        return Channel(task_queue=TELEGRAM_QUEUE, address=str(self.chat_id))

    @property
    def locale(self) -> Locale:
        """The language of the gateway's messages and of a new session."""
        return self.locales.of(str(self.chat_id), self.language_code)

    @property
    def texts(self) -> Texts:
        """The texts in the person's language."""
        return Texts(self.locale)

    def use_locale(self, locale: Locale) -> None:
        """Remembers the language that the person chose."""
        self.locales.note(str(self.chat_id), locale)

    async def signal(self, send: SendSignal[SignalInput], argument: SignalInput) -> Reply | None:
        """Signals the open session. Returns the reply to send when none is open."""
        # Before the signal: the session's reply may arrive before the server's acknowledgement.
        self.typing.start(self.chat_id)
        if await send(self, argument):
            return None
        self.typing.stop(self.chat_id)
        return Reply("no-session")

    async def tell_coach(self, message: Message, hearer: Hearer = Hearer.COACH) -> None:
        """Sends a text that no session takes to the coach. During an erasure, it is only screened for a crisis."""
        if await self.is_being_erased():
            await self.screen_text(message)
            return
        self.typing.start(self.chat_id, LONGEST_FOR_COACH)
        said = SaidToCoach(
            update_id=self.update_id,
            text=message.text or "",
            channel=self.channel,
            locale=self.locale,
            message_id=str(message.message_id),
            more_expected=may_continue(message),
            after_time_out=hearer is Hearer.COACH_AFTER_TIME_OUT,
        )
        await self.clients.coaching.say(self, said)

    async def screen_text(
        self, message: Message, otherwise: NoticeCode | None = None, *, words: str | None = None
    ) -> None:
        """Screens a text outside a session for a crisis: `words`, or all text of the message.

        The person gets support if it shows one, else the notice `otherwise`.
        """
        if text := words or text_of(message):
            if otherwise and await self.is_being_erased():
                otherwise = None
            overheard = Overheard(
                text=text,
                otherwise=otherwise,
                by_others=is_by_others(message),
                more_expected=may_continue(message),
                update_id=self.update_id,
            )
            await self.clients.safety.screen_text(self, overheard)

    async def screen_rest(self, message: Message) -> None:
        """Screens what a message holds beside its text, and the words of another chat that it replies to."""
        beside = ("beside", words_beside_text(message), is_by_others(message))
        for part, words, by_others in (beside, ("quoted", *words_quoted(message))):
            if words:
                # Each part gets a reply of its own.
                update_id = f"{self.update_id}:{part}"
                overheard = Overheard(text=words, by_others=by_others, update_id=update_id)
                await self.clients.safety.screen_text(self, overheard)

    async def is_being_erased(self) -> bool:
        """Returns whether the person's data is being erased; the gateway sends them nothing meanwhile."""
        latest = await self.clients.account.latest_erasure(self)
        return latest is not None and latest.under_way

    async def reply(self, line: Reply | None) -> None:
        """Sends a reply, if any: as the answer to the callback query, else as a message. A query is always answered."""
        if self.tap is not None:
            if line and await self.is_being_erased():
                line = None
            await self.best_effort.attempt(self.tap.answer(self._text(line) if line else None))
        elif line:
            self.send(line)

    async def replace_message(self, line: Reply) -> None:
        """Replaces the message of the tapped button with a reply and its keyboard, if any."""
        if await self.is_being_erased():
            await self.replace_keyboard(None)
        elif isinstance(message := self.tap and self.tap.message, Message):
            await self.best_effort.attempt(message.edit_text(self._text(line), reply_markup=line.keyboard))
        else:
            # The message is deleted or too old to edit.
            self.send(line)

    async def replace_keyboard(self, keyboard: InlineKeyboardMarkup | None) -> None:
        """Replaces the keyboard of the tapped message; None removes it. "Not quite" stays."""
        if isinstance(message := self.tap and self.tap.message, Message):
            left = keyboards.keeping_not_quite(message.reply_markup, keyboard)
            await self.best_effort.attempt(message.edit_reply_markup(reply_markup=left))

    async def remove_not_quite(self) -> None:
        """Removes "not quite" from the tapped message and leaves its other buttons."""
        if isinstance(message := self.tap and self.tap.message, Message):
            left = keyboards.without_not_quite(message.reply_markup)
            await self.best_effort.attempt(message.edit_reply_markup(reply_markup=left))

    def send_pages(self, pages: Sequence[str]) -> None:
        """Queues the pages of a long text as messages of their own."""
        for page in pages:
            self._queue(SendMessage(chat_id=self.chat_id, text=page))

    def send(self, line: Reply) -> None:
        """Queues a reply as a message of its own."""
        self._queue(SendMessage(chat_id=self.chat_id, text=self._text(line), reply_markup=line.keyboard))

    def _queue(self, message: SendMessage) -> None:
        """Queues a message, unless an erasure begins before it is sent."""
        before = asyncio.create_task(self.clients.account.latest_erasure(self))
        self.best_effort.say(self.chat_id, message, unless=partial(self._is_erased_since, before))

    async def _is_erased_since(self, before: asyncio.Task[Erasure | None]) -> bool:
        """Returns whether an erasure is under way or has run since `before` was looked up.

        Compares run ids instead of times, so no clock can be wrong.
        """
        now = await self.clients.account.latest_erasure(self)
        earlier = await before
        return now is not None and (now.under_way or (earlier is None or earlier.run_id != now.run_id))

    def _text(self, line: Reply) -> str:
        return self.texts.say(line.key, **line.values)


async def screen_rest(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """Middleware: screens for a crisis what is in a message beside what handlers take."""
    visitor: TelegramVisitor = data["visitor"]
    if isinstance(event, Message):
        await visitor.screen_rest(event)
    return await handler(event, data)


class VisitorMiddleware(BaseMiddleware):
    """Middleware: builds the `TelegramVisitor` from the update and sends the handler's reply. Private chats only."""

    def __init__(
        self,
        clients: Clients,
        typing: Typing,
        locales: LocaleCache,
        best_effort: BestEffortSender,
        identities: Identities,
    ) -> None:
        self._clients = clients
        self._typing = typing
        self._locales = locales
        self._best_effort = best_effort
        self._identities = identities

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> None:
        context: EventContext = data["event_context"]
        user, chat = context.user, context.chat
        if not isinstance(event, Update) or chat is None or chat.type != ChatType.PRIVATE:
            return
        # A private chat has the id of its person, so the user object may be missing.
        with keys_away_is_an_outage():
            person = await self._identities.person_of("telegram", str(chat.id))
        visitor = data["visitor"] = TelegramVisitor(
            user_ref=person,
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
        await visitor.reply(said if isinstance(said, Reply) else None)
