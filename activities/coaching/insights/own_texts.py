"""What a person has said that an insight may rest on: answers and messages to the coach, decrypted."""

from __future__ import annotations

import uuid
from collections import defaultdict

import asyncpg

from activities.ai.insight import OwnText
from activities.encryption.column import TextColumns
from schema.encrypted_columns import MESSAGE, SAID
from schema.vocabulary import Locale

_MOST = 120

MAY_BEAR = """
    SELECT message_id AS source_id, 'talk' AS kind, language, said_at FROM coach_system.messages
    WHERE user_ref = $1 AND speaker = 'person' AND crisis IS NULL AND set_aside_at IS NULL
    UNION ALL
    SELECT a.answer_id, 'answer', a.language, a.answered_at FROM onboarding_system.answers a
    LEFT JOIN analysis_system.analyses n USING (answer_id) LEFT JOIN analysis_system.objections o USING (answer_id)
    WHERE a.user_ref = $1 AND a.crisis IS NULL AND n.crisis IS NULL AND o.objected_at IS NULL
"""
"""All that a person ($1) has said, without danger, what they want forgotten, and what they felt misread in."""


class OwnTexts:
    """Reads what people have said from a migrated database."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    async def of(self, user_ref: str) -> list[OwnText]:
        """The latest texts of a person, the oldest first. What nobody can read any more is left out."""
        rows = await self._pool.fetch(
            f"SELECT * FROM ({MAY_BEAR}) AS own ORDER BY said_at DESC, source_id LIMIT {_MOST}", user_ref
        )
        texts = await self._texts([row["source_id"] for row in rows])
        return [
            OwnText(
                source_id=str(row["source_id"]),
                kind=row["kind"],
                text=texts[row["source_id"]],
                language=Locale(row["language"]),
                said_at=row["said_at"],
            )
            for row in reversed(rows)
            if texts.get(row["source_id"], "").strip()
        ]

    async def _texts(self, ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
        said = await self._pool.fetch(
            "SELECT message_id, text FROM coach_system.messages WHERE message_id = ANY ($1)", ids
        )
        found = {row["message_id"]: await self._columns.open(row["text"], SAID, row) or "" for row in said}
        parts: dict[uuid.UUID, list[str]] = defaultdict(list)
        for row in await self._pool.fetch(
            "SELECT answer_id, session_id, update_id, text FROM onboarding_system.answer_messages"
            " WHERE answer_id = ANY ($1) ORDER BY position",
            ids,
        ):
            parts[row["answer_id"]].append(await self._columns.open(row["text"], MESSAGE, row) or "")
        return found | {answer: "\n".join(texts) for answer, texts in parts.items()}
