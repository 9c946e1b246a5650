"""The port of whoever writes the coach's replies."""

from __future__ import annotations

from typing import Protocol

from schema.coaching.context import Reply, ReplyContext


class ReplyWriter(Protocol):
    """Writes replies: a language model, or the offline coach."""

    async def write(self, context: ReplyContext) -> Reply:
        """Writes the reply to the last turn."""
        ...
