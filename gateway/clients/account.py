"""The client for a person's account: language, export and erasure."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from gateway.clients.visitor import Running, Visitor
from gateway.erasures import Erasure


class AccountClient(Protocol):
    """Starts account workflows. Methods raise `RPCError` unless they say otherwise; see `gateway.clients.outage`."""

    async def remember_language(self, visitor: Visitor) -> None:
        """Stores the visitor's language for their next session. A later call replaces an earlier one."""

    async def export(self, visitor: Visitor, update_id: str | None = None) -> Running[None]:
        """Starts an export: a workflow collects all stored data about the visitor and sends it to them."""
        ...

    async def erase(
        self, visitor: Visitor, asked_at: datetime | None = None, update_id: str | None = None
    ) -> Running[None]:
        """Starts an erasure of all data about the visitor that was stored up to `asked_at`."""
        ...

    async def latest_erasure(self, visitor: Visitor) -> Erasure | None:
        """Returns the visitor's newest erasure, or None when there is none or Temporal does not answer.

        Raises nothing: messages that an erasure would hold back need no Temporal.
        """
        ...
