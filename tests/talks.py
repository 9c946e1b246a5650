"""What the database keeps of talks with the coach."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from schema.encrypted_columns import SAID
from tests.keys import readable
from workers.process_encryption import Encryption

Talk = list[tuple[str, str]]
"""Who said what: `person` or `coach`."""


async def talks_of(pool: asyncpg.Pool, user_ref: str, by: Encryption | None = None) -> list[Talk]:
    """A person's conversations, the oldest first."""
    rows = await pool.fetch(
        "SELECT m.* FROM coach_system.messages m JOIN coach_system.conversations c USING (conversation_id)"
        " WHERE m.user_ref = $1 ORDER BY c.began_at, m.said_at, m.speaker DESC",
        user_ref,
    )
    found: dict[UUID, Talk] = {}
    for row in await readable(rows, SAID, by=by):
        found.setdefault(row["conversation_id"], []).append((row["speaker"], row["text"]))
    return list(found.values())


async def replies_to(pool: asyncpg.Pool, user_ref: str) -> list[str]:
    """The coach's replies to a person, the oldest first."""
    return [text for talk in await talks_of(pool, user_ref) for who, text in talk if who == "coach"]
