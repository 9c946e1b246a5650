"""Which buttons belong to an earlier step, as far as this gateway knows."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from gateway.telegram.callback_data import ConsentCallback, QuestionCallback
from gateway.telegram.inbound.visitor import Handler, Reply, TelegramVisitor
from schema.deliveries import Delivery

REMEMBERED = 10_000
"""How many askings are kept in mind: about 2 MB."""


class Askings(Interceptor):
    """What each chat was asked last, and what it had been asked before.

    A hint and no state: it is read off what the sender's worker delivers. What is not known here, since another gateway
    brought it or this one has begun anew, is for the session to tell.
    """

    def __init__(self) -> None:
        self._newest: OrderedDict[str, str] = OrderedDict()
        self._earlier: OrderedDict[tuple[str, str], None] = OrderedDict()

    def is_over(self, chat: str, nonce: str | None) -> bool:
        """Whether a chat has been asked something else since it was asked this."""
        return nonce is not None and (chat, nonce) in self._earlier

    def note(self, chat: str, nonce: str) -> None:
        """A chat is asked this from now on."""
        if (before := self._newest.pop(chat, nonce)) != nonce:
            self._earlier[chat, before] = None
        self._newest[chat] = nonce
        # When an operator resets a session, it asks once more what it had asked before.
        self._earlier.pop((chat, nonce), None)
        for known in (self._newest, self._earlier):
            if len(known) > REMEMBERED:
                known.popitem(last=False)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Listens along with the sender's worker."""
        return _LocaleListener(next, self)


class _LocaleListener(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, askings: Askings) -> None:
        super().__init__(next)
        self._askings = askings

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        # Before it is there: the session takes no tap for the question before from that moment on.
        for delivery in (argument for argument in input.args if isinstance(argument, Delivery)):
            for message in delivery.messages:
                if nonce := getattr(message, "nonce", None):
                    self._askings.note(delivery.address, nonce)
        return await super().execute_activity(input)


class InTime(BaseMiddleware):
    """A button of an earlier step does nothing; the person is told so over it, and no message comes."""

    def __init__(self, askings: Askings) -> None:
        self._askings = askings

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        visitor: TelegramVisitor = data["visitor"]
        tap = data.get("callback_data")
        if isinstance(tap, ConsentCallback | QuestionCallback) and self._askings.is_over(
            str(visitor.chat_id), tap.nonce
        ):
            await visitor.sees_buttons(None)
            return Reply("notice-button-is-old")
        return await handler(event, data)
