"""The port of whoever writes the coach's replies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from schema.coaching.context import Reply, ReplyContext

Show = Callable[[str], Awaitable[None]]
"""Shows what is written so far, whole sentences that may be shown. It never fails, and never takes long."""


class ReplyWriter(Protocol):
    """Writes replies: a language model, or the offline coach."""

    async def write(self, context: ReplyContext, show: Show) -> Reply:
        """Writes the reply to the last turn, and shows it while it is written."""
        ...


class SentenceCheck(Protocol):
    """Judges a sentence of a reply before anybody sees it."""

    @property
    def ends_with_a_word(self) -> bool:
        """Whether the person is told, in the words of the prompt, why a reply ends that insists on such a sentence."""
        ...

    async def objection(self, sentence: str, context: ReplyContext) -> str | None:
        """Why it may not be said, in words for whoever writes it anew; None if it may."""
        ...


async def show_nothing(_: str) -> None:
    """For whoever waits for the whole reply."""
