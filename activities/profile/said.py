"""What people said, read by the ids of their answers."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from uuid import UUID

import asyncpg

from activities.encryption.column import TextColumns
from schema.encrypted_columns import MESSAGE
from schema.profile.layers import Reason
from schema.vocabulary import Locale

QUOTED = 300
"""The number of characters of an answer that a search shows at most."""


class SaidTexts:
    """Reads answers from the database."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    async def of(self, answers: Collection[UUID]) -> dict[UUID, str]:
        """The texts of answers; without those that nobody can read any more."""
        rows = await self._pool.fetch(
            "SELECT answer_id, session_id, update_id, text FROM onboarding_system.answer_messages"
            " WHERE answer_id = ANY ($1::uuid[]) ORDER BY answer_id, position",
            list(answers),
        )
        texts: dict[UUID, list[str]] = {}
        for row in rows:
            if (text := await self._columns.open(row["text"], MESSAGE, row)) is not None:
                texts.setdefault(row["answer_id"], []).append(text)
        return {answer: "\n".join(said) for answer, said in texts.items()}

    async def quoted(self, user_ref: str, answers: Sequence[UUID], locale: Locale) -> list[Reason]:
        """The person's answers with what was asked, in this order. None of another person, none with danger in it."""
        rows = await self._pool.fetch(
            """
            SELECT answer_id, answered_at, CASE $3 WHEN 'ru' THEN q.text_ru ELSE q.text_en END AS question
            FROM onboarding_system.answers a JOIN onboarding_system.questions q USING (question_id)
                LEFT JOIN analysis_system.analyses n USING (answer_id)
            WHERE a.user_ref = $1 AND answer_id = ANY ($2::uuid[]) AND a.crisis IS NULL AND n.crisis IS NULL
            """,
            user_ref,
            list(answers),
            locale,
        )
        asked = {row["answer_id"]: row for row in rows}
        texts = await self.of(asked)
        return [
            Reason(
                quote=textwrap.shorten(texts[answer], QUOTED, placeholder=" …"),
                question=asked[answer]["question"],
                said_at=asked[answer]["answered_at"],
            )
            for answer in answers
            if answer in texts
        ]
