"""What a person has said: answers and messages to the coach, decrypted."""

from __future__ import annotations

import uuid
from collections import defaultdict

import asyncpg

from activities.ai.insight import OwnText
from activities.encryption.column import TextColumns
from schema.encrypted_columns import MESSAGE, SAID
from schema.vocabulary import Locale

_MOST_BORNE, _MOST_SAID = 120, 1000

# All that a person ($1) has said and not had forgotten.
_SAID = """
    SELECT message_id AS source_id, 'talk' AS kind, language, said_at, reply_id, crisis IS NOT NULL AS dangerous,
        FALSE AS misread
    FROM coach_system.messages WHERE user_ref = $1 AND speaker = 'person' AND set_aside_at IS NULL
    UNION ALL
    SELECT a.answer_id, 'answer', a.language, a.answered_at, NULL, a.crisis IS NOT NULL OR n.crisis IS NOT NULL,
        o.objected_at IS NOT NULL
    FROM onboarding_system.answers a
    LEFT JOIN analysis_system.analyses n USING (answer_id) LEFT JOIN analysis_system.objections o USING (answer_id)
    WHERE a.user_ref = $1 AND a.set_aside_at IS NULL
"""
MAY_BEAR = f"""
    SELECT source_id, kind, language, said_at FROM ({_SAID}) AS said WHERE NOT (dangerous OR misread)
"""
"""What a person ($1) has said that an insight may rest on: without danger, and what they felt misread in."""


class OwnTexts:
    """Reads what people have said from a migrated database. What nobody can read any more is left out."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    async def of(self, user_ref: str) -> list[OwnText]:
        """The latest texts of a person that an insight may rest on, the oldest first."""
        query = f"SELECT * FROM ({MAY_BEAR}) AS own ORDER BY said_at DESC, source_id LIMIT {_MOST_BORNE}"
        return list(reversed(await self._read(await self._pool.fetch(query, user_ref))))

    async def before(self, user_ref: str, reply_id: str, *, dangerous: bool = False) -> list[OwnText]:
        """All that a person has said besides what waits for this reply, the latest first.

        Args:
            dangerous: whether what speaks of danger is among it.
        """
        rows = await self._pool.fetch(
            f"""
            SELECT source_id, kind, language, said_at FROM ({_SAID}) AS said
            WHERE reply_id IS DISTINCT FROM $2 AND ($3 OR NOT dangerous)
            ORDER BY said_at DESC, source_id LIMIT {_MOST_SAID}
            """,
            user_ref,
            uuid.UUID(reply_id),
            dangerous,
        )
        return await self._read(rows)

    async def _read(self, rows: list[asyncpg.Record]) -> list[OwnText]:
        texts = await self._texts([row["source_id"] for row in rows])
        return [
            OwnText(
                source_id=str(row["source_id"]),
                kind=row["kind"],
                text=texts[row["source_id"]],
                language=Locale(row["language"]),
                said_at=row["said_at"],
            )
            for row in rows
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
