"""All that is said to a person about what is remembered, for the tests of both screens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

from schema.coaching.context import MemoryKind
from schema.coaching.deliveries import MemoryList, MemoryQuestion
from schema.coaching.memory import MemoryPage, ShownMemory, ShownWish
from schema.coaching.wishes import StyleWish
from schema.deliveries import Message

AT = datetime(2026, 12, 1, 18, 5, tzinfo=UTC)


def about_memories(words: str) -> list[Message]:
    """One of each, about memories in these words."""
    memories = [
        ShownMemory(memory_id=str(UUID(int=number)), kind=kind, text=words, quote=quote, told_at=AT)
        for number, (kind, quote) in enumerate(zip(get_args(MemoryKind), [words, "Else."] * 5, strict=False))
    ]
    wishes = [ShownWish(wish=StyleWish.SHORTER, quote=words)]
    return [
        MemoryList(page=MemoryPage(memories=[], page=0, pages=1)),
        MemoryList(
            page=MemoryPage(memories=memories, page=998, pages=1000, wishes=wishes, offline=True),
            forgotten=True,
            asked_by="9876543210",
        ),
        MemoryQuestion(text=words),
    ]
