"""Caches the language of each chat for the gateway's own messages."""

from __future__ import annotations

from typing import Any

from cachetools import LRUCache
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from schema.deliveries import Delivery
from schema.vocabulary import Locale

REMEMBERED = 10_000
"""How many chats are remembered: about 2 MB."""


class LocaleCache(Interceptor):
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

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Adds a listener to the delivery worker."""
        return _LocaleListener(next, self)


class _LocaleListener(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, locales: LocaleCache) -> None:
        super().__init__(next)
        self._locales = locales

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        for argument in input.args:
            if isinstance(argument, Delivery):
                self._locales.note(argument.address, argument.locale)
        return await super().execute_activity(input)
