"""Drafts: what a reply is so far, shown while it is written.

They go past the workflow, so that no history holds them, and any of them may be lost: only the delivery counts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import NoReturn
from uuid import UUID

from schema.base_model import Model
from schema.encrypted_columns import EncryptedColumn
from schema.text import OutsideId
from schema.vocabulary import Locale

DRAFT = EncryptedColumn("coaching.drafts", "payload", ("channel",))
"""What a draft is encrypted for on its way. It is kept in no table."""


class Draft(Model):
    """A reply so far: whole sentences, all of which may be shown."""

    reply_id: str
    user_ref: str
    address: OutsideId
    """As in `Delivery`. Personal."""
    locale: Locale
    number: tuple[int, int, int]
    """Which model writes, in which attempt, and which draft of that it is. It grows from draft to draft of a reply."""
    text: str


Show = Callable[[Draft], Awaitable[None]]
"""Shows a draft, or drops it. It never fails."""


class DraftFeed(ABC):
    """The drafts for a channel, as they are written."""

    @abstractmethod
    async def follow(self, task_queue: str, show: Show) -> NoReturn:
        """Shows the drafts of whoever the channel on this task queue reaches, until cancelled.

        Of several processes that follow a task queue, one at a time gets the drafts. While the database is away there
        are none.
        """


def notification_channel(task_queue: str) -> str:
    """The PostgreSQL notification channel on which drafts for a task queue go out."""
    return f"drafts-{task_queue}"


def draft_id(reply_id: str) -> int:
    """The number of a reply among the drafts of a chat: positive, below 2**31."""
    return UUID(reply_id).int % (2**31 - 1) + 1


def draft_key(reply_id: str) -> str:
    """The key under which a ledger of deliveries has the message that shows a draft, if there is one.

    The delivery of the reply replaces that message.
    """
    return f"coach:{reply_id}:draft"
