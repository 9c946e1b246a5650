"""The client for a person's profile."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from gateway.clients.visitor import Running, Visitor
from schema.profile.layers import ValueName
from schema.profile.messages import View
from schema.profile_vocabulary import Theme


class ProfileClient(Protocol):
    """Shows profiles and the words behind them, searches, and takes what people say against them. Raises `RPCError`."""

    async def show_profile(
        self, visitor: Visitor, view: View = "card", update_id: str | None = None, *, theme: Theme = Theme.LIGHT
    ) -> Running[None]:
        """Starts a workflow that shows the profile. Requests made while it runs join it."""
        ...

    async def why(self, visitor: Visitor, value: ValueName, update_id: str | None = None) -> Running[None]:
        """Starts a workflow that shows the person's own words behind a value."""
        ...

    async def deny(self, visitor: Visitor, value: ValueName, update_id: str | None = None) -> Running[None]:
        """Starts a workflow that takes the evidence for a value back out: it is not the person."""
        ...

    async def find(self, visitor: Visitor, query: str, update_id: str | None = None) -> Running[None]:
        """Starts a workflow that searches the person's own words by meaning. Another search takes its place."""
        ...

    async def object_to(self, visitor: Visitor, answer_id: UUID, update_id: str | None = None) -> Running[None]:
        """Starts a workflow that stores that the reflection on this answer missed. A second call finds it done."""
        ...
