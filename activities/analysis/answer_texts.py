"""Loads answer texts for analysts. Workflow histories keep only ids."""

from __future__ import annotations

import asyncpg

from activities.encryption.column import TextColumns
from schema.analysis.readings import AnswerInContext, EarlierAnswer
from schema.encrypted_columns import MESSAGE
from schema.errors import AnswerGone
from schema.vocabulary import Construct, Depth, Domain, Energy, Locale


class AnswerTexts:
    """Loads answers by id from the database."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    async def in_context(self, answer_id: str, locale: Locale) -> AnswerInContext:
        """An answer with its question, and the answers of its session before it, as far as they can be read.

        Its text is empty when nobody can read it any more.

        Raises:
            AnswerGone: the answer has been erased.
        """
        rows = await self._pool.fetch(
            """
            WITH heard AS (
                SELECT answer_id, session_id, question_id, answered_at FROM onboarding_system.answers
                WHERE answer_id = $1
            ), told AS (
                SELECT * FROM heard
                UNION ALL
                (SELECT b.answer_id, b.session_id, b.question_id, b.answered_at
                 FROM onboarding_system.answers b JOIN heard USING (session_id)
                 WHERE b.answered_at < heard.answered_at ORDER BY b.answered_at DESC LIMIT 12)
            )
            SELECT answer_id, session_id, update_id, text, q.domain, q.depth, q.energy, q.listens_for,
                   CASE $2 WHEN 'ru' THEN q.text_ru ELSE q.text_en END AS question
            FROM told JOIN onboarding_system.questions q USING (question_id)
                JOIN onboarding_system.answer_messages m USING (answer_id, session_id)
            ORDER BY answered_at, answer_id, m.position
            """,
            answer_id,
            locale,
        )
        texts: dict[str, list[str]] = {}
        for row in rows:
            if (text := await self._columns.open(row["text"], MESSAGE, row)) is not None:
                texts.setdefault(str(row["answer_id"]), []).append(text)
        asked = {str(row["answer_id"]): row for row in rows}
        if (answer := asked.pop(answer_id, None)) is None:
            raise AnswerGone
        return AnswerInContext(
            answer_id=answer_id,
            question=answer["question"],
            domain=Domain(answer["domain"]),
            depth=Depth(answer["depth"]),
            energy=Energy(answer["energy"]),
            listens_for=[Construct(word) for word in answer["listens_for"]],
            text="\n".join(texts.get(answer_id, [])),
            locale=locale,
            earlier=[
                EarlierAnswer(question=told["question"], text="\n".join(texts[each]))
                for each, told in asked.items()
                if each in texts
            ],
        )
