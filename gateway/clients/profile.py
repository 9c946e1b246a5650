"""The client for a person's profile."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from gateway.clients.visitor import Running, Visitor
from schema.profile.layers import ValueName
from schema.profile.messages import View
from schema.profile.vocabulary import Theme


class ProfileClient(Protocol):
    """Shows profiles and what they rest on, takes objections and denials, and finds words. Raises `RPCError`; see `gateway.clients.outage`."""

    async def show_profile(
        self, visitor: Visitor, view: View = "card", update_id: str | None = None, *, theme: Theme = Theme.LIGHT
    ) -> Running[None]:
        """Starts a workflow that shows this of the profile. Requests made while it runs join it."""
        ...

    async def why(self, visitor: Visitor, value: ValueName, update_id: str | None = None) -> Running[None]:
        """Starts a workflow that shows the visitor's own words behind a value."""
        ...

    async def deny(self, visitor: Visitor, value: ValueName, update_id: str | None = None) -> Running[None]:
        """Starts a workflow that takes back what a value rests on: the visitor says that it is not them."""
        ...

    async def find(self, visitor: Visitor, query: str, update_id: str | None = None) -> Running[None]:
        """Starts a workflow that searches the visitor's own words by meaning and shows the nearest."""
        ...

    async def object_to(self, visitor: Visitor, answer_id: UUID, update_id: str | None = None) -> Running[None]:
        """Starts a workflow that stores that the reflection on this answer missed. A second call finds it done."""
        ...
