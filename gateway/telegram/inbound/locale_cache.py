"""Which language the gateway's own lines are in."""

from __future__ import annotations

from typing import Any

from cachetools import LRUCache
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from schema.deliveries import Delivery
from schema.vocabulary import Locale

REMEMBERED = 10_000
"""How many chats are kept in mind: about 2 MB."""


class LocaleCache(Interceptor):
    """The language in which each chat was last written to; before that, the one that Telegram itself speaks there.

    A hint and no state: the session knows what a person chose. It is read off what the sender's worker delivers.
    """

    def __init__(self, unknown: Locale) -> None:
        self._unknown = unknown
        self._noted: LRUCache[str, Locale] = LRUCache(REMEMBERED)

    def of(self, chat: str, language_code: str | None) -> Locale:
        """The language for a chat. `language_code` is the IETF tag of the person's own Telegram, if it gave one."""
        if (noted := self._noted.get(chat)) is not None:
            return noted
        if not language_code:
            return self._unknown
        return Locale.RU if language_code.split("-")[0].lower() == Locale.RU else Locale.EN

    def note(self, chat: str, locale: Locale) -> None:
        """Remembers that a chat is spoken to in this language."""
        self._noted[chat] = locale

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Listens along with the sender's worker."""
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
