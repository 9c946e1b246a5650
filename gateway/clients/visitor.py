"""The types that clients share: the visitor, a running workflow, and a signal method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from schema.person import Channel, FromPerson
from schema.vocabulary import Locale

SignalInput = TypeVar("SignalInput", bound=FromPerson)
Result_co = TypeVar("Result_co", covariant=True)


class Visitor(Protocol):
    """A person at a channel."""

    @property
    def user_ref(self) -> str:
        """The person's pseudonym. Safe in workflow ids and other places that are not encrypted."""

    @property
    def channel(self) -> Channel:
        """The task queue and address that a workflow delivers to."""

    @property
    def locale(self) -> Locale:
        """The language to use until the person chooses one."""


class Running(Protocol[Result_co]):
    """A running workflow."""

    async def result(self) -> Result_co:
        """Waits until it ends and returns its result. Raises `WorkflowFailureError` when it failed."""
        ...


SendSignal = Callable[[Visitor, SignalInput], Awaitable[bool]]
"""A client method that signals a person's session. Returns False when none is open."""
