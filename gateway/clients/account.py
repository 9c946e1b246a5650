"""What a channel may ask about a person as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from gateway.clients.visitor import Running, Visitor
from gateway.erasures import Erasure


class AccountClient(Protocol):
    """People's accounts. Raises `RPCError`; see `gateway.clients.outage`."""

    async def remember_language(self, visitor: Visitor) -> None:
        """Keeps the visitor's language for their next session; of two choices, the later one."""

    async def export(self, visitor: Visitor, update_id: str | None = None) -> Running[None]:
        """Has all that is kept about the visitor collected and sent to them."""
        ...

    async def erase(
        self, visitor: Visitor, asked_at: datetime | None = None, update_id: str | None = None
    ) -> Running[None]:
        """Has all that was kept about the visitor when they were asked whether they are sure removed."""
        ...

    async def latest_erasure(self, visitor: Visitor) -> Erasure | None:
        """The newest erasure of the visitor.

        None while nobody can say: what would be kept back for one needs no session. Raises nothing.
        """
        ...
