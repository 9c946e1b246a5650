"""Loads answer texts for analysts. Workflow histories keep only ids."""

from __future__ import annotations

import json

import asyncpg

from schema.analysis.readings import AnswerInContext, EarlierAnswer
from schema.errors import AnswerGone
from schema.vocabulary import Construct, Depth, Domain, Energy, Locale


class AnswerTexts:
    """Loads answers by id from the database."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def in_context(self, answer_id: str, locale: Locale) -> AnswerInContext:
        """An answer with its question, and the answers of its session before it.

        Raises:
            AnswerGone: the answer has been erased.
        """
        row = await self._pool.fetchrow(
            """
            SELECT q.domain, q.depth, q.energy, q.listens_for,
                   CASE $2 WHEN 'ru' THEN q.text_ru ELSE q.text_en END AS question,
                   (SELECT string_agg(m.text, E'\n' ORDER BY m.position)
                    FROM onboarding_system.answer_messages m WHERE m.answer_id = a.answer_id) AS text,
                   (SELECT coalesce(json_agg(told ORDER BY told.answered_at), '[]') FROM (
                        SELECT b.answered_at, CASE $2 WHEN 'ru' THEN p.text_ru ELSE p.text_en END AS question,
                               (SELECT string_agg(m.text, E'\n' ORDER BY m.position)
                                FROM onboarding_system.answer_messages m WHERE m.answer_id = b.answer_id) AS text
                        FROM onboarding_system.answers b JOIN onboarding_system.questions p USING (question_id)
                        WHERE b.session_id = a.session_id AND b.answered_at < a.answered_at
                        ORDER BY b.answered_at DESC LIMIT 12
                    ) told) AS earlier
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
            earlier=[
                EarlierAnswer(question=told["question"], text=told["text"]) for told in json.loads(row["earlier"])
            ],
        )
