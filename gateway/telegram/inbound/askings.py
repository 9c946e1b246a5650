"""Recognises buttons of an earlier question or consent request, and rejects taps on them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject

from gateway.telegram.callback_data import ChoiceCallback, ConsentCallback, QuestionCallback
from gateway.telegram.inbound.delivery_listener import DeliveryListener
from gateway.telegram.inbound.visitor import Handler, Reply, TelegramVisitor
from schema.deliveries import Concern, Delivery

REMEMBERED = 10_000
"""How many askings (questions and consent requests) are remembered: about 2 MB."""


class Askings(DeliveryListener):
    """Remembers the newest asking of each chat and the earlier ones, by nonce.

    This is a cache, filled from the deliveries of this gateway's worker. It misses what another gateway delivered and
    what came before a restart; the session then decides about the tap.
    """

    def __init__(self) -> None:
        self._newest: OrderedDict[str, str] = OrderedDict()
        self._earlier: OrderedDict[tuple[str, str], None] = OrderedDict()

    def is_over(self, chat: str, nonce: str | None) -> bool:
        """Returns whether the chat has a newer asking than this one."""
        return nonce is not None and (chat, nonce) in self._earlier

    def note(self, chat: str, nonce: str) -> None:
        """Remembers this asking as the chat's newest."""
        if (before := self._newest.pop(chat, nonce)) != nonce:
            self._earlier[chat, before] = None
        self._newest[chat] = nonce
        # After an operator resets a session, it repeats an earlier asking.
        self._earlier.pop((chat, nonce), None)
        for known in (self._newest, self._earlier):
            if len(known) > REMEMBERED:
                known.popitem(last=False)

    def observe(self, delivery: Delivery) -> None:
        """Remembers the askings of a delivery, before it is sent: the session already rejects taps on those before."""
        for message in delivery.messages:
            # A concern closes no question.
            if (nonce := getattr(message, "nonce", None)) and not isinstance(message, Concern):
                self.note(delivery.address, nonce)


class RejectOldButtons(BaseMiddleware):
    """Middleware: answers a tap on a button of an earlier asking with a notice, and calls no handler."""

    def __init__(self, askings: Askings) -> None:
        self._askings = askings

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        visitor: TelegramVisitor = data["visitor"]
        tap = data.get("callback_data")
        if isinstance(tap, ConsentCallback | QuestionCallback | ChoiceCallback) and self._askings.is_over(
            str(visitor.chat_id), tap.nonce
        ):
            await visitor.replace_keyboard(None)
            return Reply("notice-choice-came-late" if isinstance(tap, ChoiceCallback) else "notice-button-is-old")
        return await handler(event, data)
