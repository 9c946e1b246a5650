"""The port of whoever reads what is to be remembered."""

from __future__ import annotations

from typing import Protocol

from schema.coaching.memory import Change, ToldMessage


class MemoryExtractor(Protocol):
    """Reads a message for what is to be remembered: a language model, or the offline rules."""

    extractor: str
    """`offline`, or `provider/model`."""

    async def changes(self, told: ToldMessage) -> list[Change]:
        """What the message changes in what is known. Each new memory carries words of the message."""
        ...
