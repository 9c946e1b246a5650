"""What a channel may ask about words that no session takes."""

from __future__ import annotations

from typing import Protocol

from gateway.clients.visitor import Running, Visitor
from schema.safety.messages import Overheard
from schema.vocabulary import CrisisKind


class SafetyClient(Protocol):
    """Screens what people say where nothing is kept."""

    async def overhear(self, visitor: Visitor, words: Overheard) -> Running[None]:
        """Screens a text for a crisis; the person gets support if it is one. Raises `RPCError`."""
        ...

    def danger_in(self, text: str) -> CrisisKind | None:
        """What local rules read in a text, for a channel that reaches nobody else. Asks no server."""
        ...
