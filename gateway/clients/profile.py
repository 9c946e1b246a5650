"""What a channel may ask about a person's profile."""

from __future__ import annotations

from typing import Literal, Protocol

from gateway.clients.visitor import Running, Visitor


class ProfileClient(Protocol):
    """People's profiles. Raises `RPCError`; see `gateway.clients.outage`."""

    async def show_profile(
        self, visitor: Visitor, view: Literal["card", "insights"] = "card", update_id: str | None = None
    ) -> Running[None]:
        """Has the profile shown, once for requests that come while it is on its way."""
        ...
