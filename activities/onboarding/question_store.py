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
from schema.vocabulary import CrisisKind, Strategy
from workflows.onboarding.rules.next_step import next_step, worded
from workflows.onboarding.rules.smart_mix import Background


class PostgresQuestionStore(QuestionStore):
    """Chooses from the bank, which it holds in memory. PostgreSQL holds which questions were asked or withdrawn."""

    def __init__(self, pool: asyncpg.Pool, bank: Sequence[BankQuestion]) -> None:
        self._pool = pool
        self._bank = bank
        self._by_id = {question.id: question for question in bank}

    @activity.defn
    async def choose_next(self, request: ChooseNext) -> NextStep:
        position = len(request.asked)
        rows = await self._rows_about(request.user_ref)
        step = next_step(request, self._bank, _background(rows, request.session_id))
        chosen = next(
            (row for row in rows if (row["session_id"], row["position"]) == (request.session_id, position)), None
        )
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

    async def background_of(self, user_ref: str, session_id: str) -> Background:
        """What bears on a choice in this session beside its own questions."""
        return _background(await self._rows_about(user_ref), session_id)

    async def _rows_about(self, user_ref: str) -> list[asyncpg.Record]:
        """Questions asked of a person, crises in their answers, and withdrawn questions, in a single round trip."""
        return await self._pool.fetch(
            """
            SELECT 'asked' AS kind, question_id, session_id::text, position, strategy, asked_at,
                NULL AS heard, NULL AS understood
            FROM onboarding_system.asked_questions WHERE user_ref = $1
            UNION ALL
            SELECT 'crisis', a.question_id, a.session_id::text, NULL, NULL, NULL, a.crisis, d.crisis
            FROM onboarding_system.answers a LEFT JOIN analysis_system.analyses d USING (answer_id)
            WHERE a.user_ref = $1 AND (a.crisis IS NOT NULL OR d.crisis IS NOT NULL)
            UNION ALL
            SELECT 'withdrawn', question_id, NULL, NULL, NULL, NULL, NULL, NULL FROM onboarding_system.question_flags
            ORDER BY asked_at, position
            """,
            user_ref,
        )

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


def _background(rows: Sequence[asyncpg.Record], session_id: str) -> Background:
    earlier = [row for row in rows if row["kind"] == "asked" and row["session_id"] != session_id]
    crises = [row for row in rows if row["kind"] == "crisis"]
    dangers: dict[str, set[CrisisKind]] = {}
    for row in crises:
        kinds = {CrisisKind(kind) for kind in (row["heard"], row["understood"]) if kind}
        dangers.setdefault(row["question_id"], set()).update(kinds)
    return Background(
        earlier=[row["question_id"] for row in earlier],
        withdrawn={row["question_id"] for row in rows if row["kind"] == "withdrawn"},
        dangers=dangers,
        troubled_before=bool(earlier) and earlier[-1]["session_id"] in {row["session_id"] for row in crises},
    )


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
