"""Loads answer texts for analysts. Workflow histories keep only ids."""

from __future__ import annotations

import asyncpg

from schema.analysis.readings import AnswerInContext
from schema.errors import AnswerGone
from schema.vocabulary import Construct, Depth, Domain, Energy, Locale


class AnswerTexts:
    """Loads answers by id from the database."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def in_context(self, answer_id: str, locale: Locale) -> AnswerInContext:
        """An answer with its question.

        Raises:
            AnswerGone: the answer has been erased.
        """
        row = await self._pool.fetchrow(
            """
            SELECT q.domain, q.depth, q.energy, q.listens_for,
                   CASE $2 WHEN 'ru' THEN q.text_ru ELSE q.text_en END AS question,
                   (SELECT string_agg(m.text, E'\n' ORDER BY m.position)
                    FROM onboarding_system.answer_messages m WHERE m.answer_id = a.answer_id) AS text
            FROM onboarding_system.answers a JOIN onboarding_system.questions q USING (question_id)
            WHERE a.answer_id = $1
            """,
            answer_id,
            locale,
        )
        if row is None or row["text"] is None:
            raise AnswerGone
        return AnswerInContext(
            answer_id=answer_id,
            question=row["question"],
            domain=Domain(row["domain"]),
            depth=Depth(row["depth"]),
            energy=Energy(row["energy"]),
            listens_for=[Construct(word) for word in row["listens_for"]],
            text=row["text"],
            locale=locale,
        )
