"""The question bank in `onboarding_system.questions`, and the choice of the next question."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
from temporalio import activity

from schema.errors import UnknownQuestion
from schema.onboarding.activities import (
    ChooseNext,
    ChosenQuestion,
    NextStep,
    QuestionInLocale,
    QuestionStore,
    QuestionToFlag,
)
from schema.onboarding.bank import BankQuestion
from schema.vocabulary import Strategy
from workflows.onboarding.rules.next_step import next_step, worded
from workflows.onboarding.rules.smart_mix import Earlier


class PostgresQuestionStore(QuestionStore):
    """Chooses from the bank, which it holds in memory. PostgreSQL holds which questions were asked or withdrawn."""

    def __init__(self, pool: asyncpg.Pool, bank: Sequence[BankQuestion]) -> None:
        self._pool = pool
        self._bank = bank
        self._by_id = {question.id: question for question in bank}

    @activity.defn
    async def choose_next(self, request: ChooseNext) -> NextStep:
        position = len(request.asked)
        rows = await self._pool.fetch(
            "SELECT question_id, session_id = $2 AS here, position = $3 AS now, strategy"
            " FROM onboarding_system.asked_questions WHERE user_ref = $1 ORDER BY asked_at, position",
            request.user_ref,
            request.session_id,
            position,
        )
        withdrawn = await self._pool.fetch("SELECT question_id FROM onboarding_system.question_flags")
        earlier = Earlier(
            asked=[row["question_id"] for row in rows if not row["here"]],
            withdrawn={row["question_id"] for row in withdrawn},
        )
        step = next_step(request, self._bank, earlier)
        chosen = next((row for row in rows if row["here"] and row["now"]), None)
        if chosen and chosen["question_id"] in self._by_id:
            # An earlier attempt made this choice before its workflow task was lost, so it stays.
            question = worded(self._by_id[chosen["question_id"]], request.locale)
            return step.model_copy(update={"question": question, "strategy": Strategy(chosen["strategy"])})
        if step.question and step.strategy:
            await self._pool.execute(
                "INSERT INTO onboarding_system.asked_questions"
                " (session_id, position, user_ref, question_id, strategy, asked_at) VALUES ($1, $2, $3, $4, $5, $6)"
                " ON CONFLICT DO NOTHING",
                request.session_id,
                position,
                request.user_ref,
                step.question.question_id,
                step.strategy,
                request.now,
            )
        return step

    @activity.defn
    async def word_question(self, question: QuestionInLocale) -> ChosenQuestion:
        return worded(self._known(question.question_id), question.locale)

    @activity.defn
    async def flag_question(self, flag: QuestionToFlag) -> None:
        await self._pool.execute(
            "INSERT INTO onboarding_system.question_flags (question_id, reason) VALUES ($1, $2)"
            " ON CONFLICT (question_id) DO UPDATE SET reason = excluded.reason",
            self._known(flag.question_id).id,
            flag.reason,
        )

    def _known(self, question_id: str) -> BankQuestion:
        if question_id not in self._by_id:
            raise UnknownQuestion(f"No question {question_id!r} in the bank")
        return self._by_id[question_id]


async def store_bank(pool: asyncpg.Pool, bank: Sequence[BankQuestion]) -> None:
    """Writes the bank to the database. Removed questions stay there, because answers refer to them."""
    await pool.executemany(
        "INSERT INTO onboarding_system.questions"
        " (question_id, domain, depth, energy, trust, listens_for, text_ru, text_en)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (question_id) DO UPDATE SET domain = excluded.domain, depth = excluded.depth,"
        " energy = excluded.energy, trust = excluded.trust, listens_for = excluded.listens_for,"
        " text_ru = excluded.text_ru, text_en = excluded.text_en"
        " WHERE (questions.*) IS DISTINCT FROM (excluded.*)",
        [(q.id, q.domain, q.depth, q.energy, int(q.trust), list(q.listens_for), q.ru, q.en) for q in bank],
    )
