"""The port of the send ledger: each planned message and its known result."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class SendState(StrEnum):
    """The known state of a part of a delivery."""

    PLANNED = "planned"
    """It has not been sent."""
    SENDING = "sending"
    """A request is in progress."""
    SENT = "sent"
    UNKNOWN = "unknown"
    """A request was made and its result is not known."""


@dataclass(frozen=True)
class Send:
    """A part of a delivery: one Telegram message."""

    delivery_key: str
    part: int
    state: SendState
    message_id: int | None
    """The id of the sent message; before that, the id of the earlier message that is being edited."""
    in_doubt: bool = False
    """Whether it was sent again after a request of which nobody knows whether it arrived: it may be seen twice."""

    @property
    def may_have_come(self) -> bool:
        """Whether an earlier request may have arrived."""
        return self.in_doubt or self.state is SendState.UNKNOWN


class SendLedger(Protocol):
    """The sends of one bot."""

    async def plan(self, delivery_key: str, parts: int, user_ref: str | None) -> list[Send]:
        """Plans the parts of a delivery at the start of an attempt; returns them in order.

        A part that an earlier attempt left SENDING becomes UNKNOWN.
        """
        ...

    async def begin(self, send: Send, *, editing: int | None = None) -> None:
        """Records that a request starts: a new message, or the edit of message `editing`."""

    async def sent(self, send: Send, message_id: int) -> None:
        """Records that Telegram has the message."""

    async def not_sent(self, send: Send) -> None:
        """Records that Telegram certainly does not have the message."""

    async def unclear(self, send: Send, *, editing: int | None = None) -> None:
        """Records that Telegram may have the message."""

    async def first_message(self, delivery_key: str) -> int | None:
        """The id of the first message of a delivery; None if it was not sent or its result is unknown."""
