"""The client of safety outside a session: screens texts, and takes what a person says of their safety."""

from __future__ import annotations

from typing import Protocol

from gateway.clients.visitor import Running, Visitor
from schema.safety.messages import Overheard, SafetyAnswer
from schema.vocabulary import CrisisKind


class SafetyClient(Protocol):
    """Screens texts that are not stored, and takes what follows."""

    async def screen_text(self, visitor: Visitor, words: Overheard) -> Running[None]:
        """Starts a screening of a text. The visitor gets support if it shows a crisis. Raises `RPCError`."""
        ...

    async def answer_safety(self, visitor: Visitor, answer: SafetyAnswer) -> Running[None]:
        """Takes what a visitor without an open session says of their safety. Raises `RPCError`."""
        ...

    def find_crisis(self, text: str) -> CrisisKind | None:
        """Returns the crisis that local rules find in a text. Needs no server, so it works during an outage."""
        ...
