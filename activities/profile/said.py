"""What people said, read by the ids of their answers."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping
from uuid import UUID, uuid5

import asyncpg

from activities.encryption.column import TextColumns
from schema.encrypted_columns import MESSAGE
from schema.profile.layers import Reason
from schema.vocabulary import Locale
from workflows.safety.rules.sentences import parts_of

READ = 8000
"""The number of characters of an answer that its vectors are of."""
MOST_PARTS = 24
"""The number of sentences of an answer that have a vector of their own."""
QUOTED = 300
"""The number of characters of an answer that a search shows at most."""


def read_as(answer: UUID, text: str) -> dict[UUID, str]:
    """What of an answer has a vector, by its point's id: the whole, and its sentences if there are several."""
    whole = " ".join(text[:READ].split())
    parts = [part for part in parts_of(text[:READ]) if part != whole][:MOST_PARTS]
    return {answer: whole, **({uuid5(answer, str(n)): part for n, part in enumerate(parts)} if len(parts) > 1 else {})}


def quote(text: str, part: str) -> str:
    """As much of an answer as a search shows, with a part of it in the middle."""
    plain = " ".join(text.split())
    at = max(0, plain.find(part))
    begin = min(at - max(0, QUOTED - len(part)) // 2, len(plain) - QUOTED)
    if begin <= 0:
        return textwrap.shorten(plain, QUOTED, placeholder=" …")
    begin = plain.find(" ", begin, at) + 1 or at
    return f"… {textwrap.shorten(plain[begin:], QUOTED - 2, placeholder=' …')}"


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

    async def quoted(self, user_ref: str, answers: Mapping[UUID, UUID], locale: Locale) -> list[Reason]:
        """The person's answers, each around the point that was found in it, with what was asked, in this order.

        None of another person, none with danger in it.
        """
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
                quote=quote(texts[answer], read_as(answer, texts[answer]).get(point, "")),
                question=asked[answer]["question"],
                said_at=asked[answer]["answered_at"],
            )
            for answer, point in answers.items()
            if answer in texts
        ]
