"""One part of what a reply rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from schema.coaching.activities import ReplyToPrepare, ReplyToWrite


class Chosen(NamedTuple):
    """What a part has chosen."""

    ids: list[str]
    tokens: int = 0
    """About how many tokens it takes."""


class RecallPart(Protocol):
    """Chooses once what bears on a reply, and reads it each time when the reply is written."""

    name: str
    """Under which the ids are kept: part of the table `coach_system.recalled`."""

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """Chooses, within the part's share of the budget."""
        ...

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """Reads what was chosen: values of the fields of `ReplyContext`. What has been erased is left out."""
        ...
