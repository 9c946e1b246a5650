"""Caches the language of each chat for the gateway's own messages."""

from __future__ import annotations

from cachetools import LRUCache

from gateway.telegram.inbound.delivery_listener import DeliveryListener
from schema.deliveries import Delivery
from schema.vocabulary import Locale

REMEMBERED = 10_000
"""How many chats are remembered: about 2 MB."""


class LocaleCache(DeliveryListener):
    """Remembers the language of the last delivery to each chat.

    This is a cache, filled from the deliveries of this gateway's worker. The session holds the person's choice.
    """

    def __init__(self, unknown: Locale) -> None:
        self._unknown = unknown
        self._noted: LRUCache[str, Locale] = LRUCache(REMEMBERED)

    def of(self, chat: str, language_code: str | None) -> Locale:
        """Returns the language for a chat.

        A chat without a delivery gets the language of the person's Telegram client, by its IETF tag `language_code`.
        """
        if (noted := self._noted.get(chat)) is not None:
            return noted
        if not language_code:
            return self._unknown
        return Locale.RU if language_code.split("-")[0].lower() == Locale.RU else Locale.EN

    def note(self, chat: str, locale: Locale) -> None:
        """Remembers the language of a chat."""
        self._noted[chat] = locale

    def observe(self, delivery: Delivery) -> None:
        """Remembers the language of a delivery."""
        self.note(delivery.address, delivery.locale)
