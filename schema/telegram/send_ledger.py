"""The ledger of sends: what was meant to be sent, and what is known to have come of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, Protocol


class SendState(StrEnum):
    """What is known of a part of a delivery."""

    PLANNED = "planned"
    """It has not been sent."""
    SENDING = "sending"
    """A request is on its way."""
    SENT = "sent"
    UNKNOWN = "unknown"
    """Telegram was asked, and nobody knows whether it did."""


@dataclass(frozen=True)
class Send:
    """A part of a delivery, one Telegram message, as the ledger knows it."""

    delivery_key: str
    part: int
    state: SendState
    message_id: int | None
    """Of the message that was sent; before that, of the earlier one that was being edited instead."""
    in_doubt: bool = False
    """Whether an earlier request for it may have arrived, too."""


class SendLedger(Protocol):
    """The sends of one bot."""

    async def plan(self, delivery_key: str, parts: int, user_ref: str | None) -> list[Send]:
        """The parts of a delivery in their order, at the start of a try.

        One that an earlier try left in the middle of a request is UNKNOWN from now on.
        """
        ...

    async def begin(self, send: Send, *, editing: int | None = None) -> None:
        """A request goes out now: a new message, or the edit of an earlier one."""

    async def sent(self, send: Send, message_id: int) -> None:
        """Telegram has it."""

    async def not_sent(self, send: Send) -> None:
        """Telegram certainly has not got it."""

    async def unclear(self, send: Send, *, editing: int | None = None) -> None:
        """Telegram may have got it."""

    async def first_message(self, delivery_key: str) -> int | None:
        """The id of the first message of a delivery; None when it was not sent, or nobody knows."""

    async def keep_small(self) -> NoReturn:
        """Forgets what no delivery will ask for again, from time to time, until it is cancelled."""
