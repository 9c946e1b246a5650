"""The client for what people say aloud."""

from __future__ import annotations

from typing import Protocol

from gateway.clients.visitor import Visitor
from schema.voice.messages import Mending, SpokenMessage, WrittenMessage


class VoiceClient(Protocol):
    """Passes on voice messages, and what belongs to them. A call returns once Temporal has stored it.

    All raise `RPCError`; those that return a bool return False when no voice message is on its way.
    """

    async def speak(self, visitor: Visitor, spoken: SpokenMessage) -> None:
        """Has a voice message heard, and then taken as if it had been written."""
        ...

    async def write(self, visitor: Visitor, written: WrittenMessage) -> bool:
        """Sends a text that may take the place of a voice message, and is handed on if it does not."""
        ...

    async def mend(self, visitor: Visitor, mending: Mending) -> bool:
        """Signals that the visitor wants to put what was heard in other words."""
        ...
