"""The client for a person's profile."""

from __future__ import annotations

from typing import Literal, Protocol

from gateway.clients.visitor import Running, Visitor


class ProfileClient(Protocol):
    """Shows profiles. Raises `RPCError`; see `gateway.clients.outage`."""

    async def show_profile(
        self, visitor: Visitor, view: Literal["card", "insights"] = "card", update_id: str | None = None
    ) -> Running[None]:
        """Starts a workflow that shows the profile. Requests made while it runs join it."""
        ...
