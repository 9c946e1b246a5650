"""The client that screens texts outside a session for a crisis."""

from __future__ import annotations

from typing import Protocol

from gateway.clients.visitor import Running, Visitor
from schema.safety.messages import Overheard
from schema.vocabulary import CrisisKind


class SafetyClient(Protocol):
    """Screens texts that are not stored."""

    async def screen_text(self, visitor: Visitor, words: Overheard) -> Running[None]:
        """Starts a screening of a text. The visitor gets support if it shows a crisis. Raises `RPCError`."""
        ...

    def find_crisis(self, text: str) -> CrisisKind | None:
        """Returns the crisis that local rules find in a text. Needs no server, so it works during an outage."""
        ...
