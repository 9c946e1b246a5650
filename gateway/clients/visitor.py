"""Who comes to a channel, as clients need to know them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from schema.person import Channel, FromPerson
from schema.vocabulary import Locale

Said = TypeVar("Said", bound=FromPerson)
Result_co = TypeVar("Result_co", covariant=True)


class Visitor(Protocol):
    """Who came, and through which channel."""

    @property
    def user_ref(self) -> str:
        """Names the person where nothing is encrypted."""

    @property
    def channel(self) -> Channel:
        """How a workflow reaches them."""

    @property
    def locale(self) -> Locale:
        """The language of somebody who has not chosen one yet."""


class Running(Protocol[Result_co]):
    """What was asked for, while it is done."""

    async def result(self) -> Result_co:
        """Waits for its end. Raises `WorkflowFailureError` when it failed."""
        ...


Tell = Callable[[Visitor, Said], Awaitable[bool]]
"""A client's way to tell a person's session something; False when none is open."""
