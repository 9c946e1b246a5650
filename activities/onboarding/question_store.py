"""The question bank in `onboarding_system.questions`, and the choice of the next question."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
from temporalio import activity

from activities.encryption.column import TextColumns
from activities.onboarding.recalling import Recalled, recalled
from activities.safety.kept_crisis import crisis_kind
from schema.encrypted_columns import CRISIS_HEARD, CRISIS_READ, MESSAGE
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
from schema.onboarding.returns import load_returns
from schema.vocabulary import CrisisKind, Domain, Energy, Locale, Strategy
from schema.workflow_ids import person_of
from workflows.onboarding.rules.eligibility import Background
from workflows.onboarding.rules.next_step import next_step, worded
from workflows.onboarding.rules.terseness import is_terse


class PostgresQuestionStore(QuestionStore):
    """Chooses from the bank, which it holds in memory. PostgreSQL holds which questions were asked or withdrawn."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, bank: Sequence[BankQuestion]) -> None:
        self._pool = pool
        self._columns = columns
        self._bank = bank
        self._by_id = {question.id: question for question in bank}
        self._returns = {question.id: question for question in load_returns()}

    @activity.defn
    async def choose_next(self, request: ChooseNext) -> NextStep:
        position = len(request.asked)
        rows = await self._rows_about(request.user_ref)
        background = await self._background(rows, request.session_id)
        step = next_step(request, self._bank, background)
        chosen = next(
            (row for row in rows if (row["session_id"], row["position"]) == (request.session_id, position)), None
        )
        if chosen:
            # An earlier attempt made this choice before its workflow task was lost, so it stays.
            known = QuestionInLocale(
                question_id=chosen["question_id"], locale=request.locale, with_choices=is_terse(request.asked)
            )
            question = await self._worded(known, request.user_ref, request.session_id)
        else:
            question = None
        if chosen and question:
            return step.model_copy(update={"question": question, "strategy": Strategy(chosen["strategy"])})
        if step.question and not request.asked and background.earlier and not background.troubled_before:
            recalling = await self._recalling(request, background)
            step = step.model_copy(update={"question": recalling or step.question})
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
        return await self._background(await self._rows_about(user_ref), session_id)

    async def _rows_about(self, user_ref: str) -> list[asyncpg.Record]:
        """What bears on a choice, in a single round trip.

        Questions asked of a person, crises in their answers, withdrawn questions, and what similar people opened up to.
        """
        return await self._pool.fetch(
            """
            SELECT 'asked' AS kind, question_id, session_id::text, position, strategy, asked_at,
                NULL::uuid AS answer_id, NULL AS heard, NULL AS understood, NULL::real AS openness
            FROM onboarding_system.asked_questions WHERE user_ref = $1
            UNION ALL
            SELECT 'crisis', a.question_id, a.session_id::text, NULL, NULL, NULL, answer_id, a.crisis, d.crisis, NULL
            FROM onboarding_system.answers a LEFT JOIN analysis_system.analyses d USING (answer_id)
            WHERE a.user_ref = $1 AND (a.crisis IS NOT NULL OR d.crisis IS NOT NULL)
            UNION ALL
            SELECT 'withdrawn', question_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            FROM onboarding_system.question_flags
            UNION ALL
            SELECT 'opens', question_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, openness
            FROM profiles_store.similar_openness WHERE user_ref = $1
            ORDER BY asked_at, position
            """,
            user_ref,
        )

    @activity.defn
    async def word_question(self, question: QuestionInLocale) -> ChosenQuestion:
        if question.question_id in self._returns and (person := person_of(activity.info().workflow_id or "")):
            asked_in = await self._pool.fetchval(
                "SELECT session_id::text FROM onboarding_system.asked_questions"
                " WHERE user_ref = $1 AND question_id = $2 ORDER BY asked_at DESC LIMIT 1",
                person,
                question.question_id,
            )
            recalling = await self._worded(question, person, asked_in)
            if recalling:
                return recalling
        return worded(self._known(question.question_id), question.locale, with_choices=question.with_choices)

    @activity.defn
    async def flag_question(self, flag: QuestionToFlag) -> None:
        await self._pool.execute(
            "INSERT INTO onboarding_system.question_flags (question_id, reason) VALUES ($1, $2)"
            " ON CONFLICT (question_id) DO UPDATE SET reason = excluded.reason",
            self._known(flag.question_id).id,
            flag.reason,
        )

    def _known(self, question_id: str) -> BankQuestion:
        if question_id in self._returns:
            return self._returns[question_id].without_quote
        if question_id not in self._by_id:
            raise UnknownQuestion(f"No question {question_id!r} in the bank")
        return self._by_id[question_id]

    async def _recalling(self, request: ChooseNext, background: Background) -> ChosenQuestion | None:
        """The question that takes up words of an earlier session; None when none are worth it."""
        if (found := await self._recalled(request.user_ref, request.session_id, request.locale)) is None:
            return None
        words, domain = found
        fit = [q for q in self._returns.values() if q.grief is words.grief and q.id not in background.withdrawn]
        unused = [q for q in fit if q.id not in background.earlier] or fit
        return unused[0].recalling(words.quote, domain, request.locale) if unused else None

    async def _worded(self, question: QuestionInLocale, user_ref: str, session_id: str) -> ChosenQuestion | None:
        """A question in a language, with the words that it takes up; None when it or they are not known any more."""
        if question.question_id in self._returns:
            found = await self._recalled(user_ref, session_id, question.locale)
            return found and self._returns[question.question_id].recalling(found[0].quote, found[1], question.locale)
        known = self._by_id.get(question.question_id)
        return worded(known, question.locale, with_choices=question.with_choices) if known else None

    async def _recalled(self, user_ref: str, session_id: str, locale: Locale) -> tuple[Recalled, Domain] | None:
        """The words of the last session before this one that a return takes up, and what they were about.

        They are looked up each time, so that nothing is kept twice. Answers with a crisis and those to HEAVY questions
        are left alone.
        """
        rows = await self._pool.fetch(
            """
            WITH last AS (
                SELECT a.session_id
                FROM onboarding_system.answers a JOIN onboarding_system.sessions s USING (session_id)
                WHERE a.user_ref = $1 AND s.opened_at <
                    (SELECT opened_at FROM onboarding_system.sessions WHERE session_id = $2::uuid)
                ORDER BY s.opened_at DESC LIMIT 1
            )
            SELECT a.question_id, a.answer_id, m.session_id, m.update_id, m.text
            FROM onboarding_system.answers a JOIN onboarding_system.answer_messages m USING (answer_id)
                LEFT JOIN analysis_system.analyses d USING (answer_id)
            WHERE a.session_id = (SELECT session_id FROM last) AND a.crisis IS NULL AND d.crisis IS NULL
            ORDER BY a.answered_at DESC, a.answer_id, m.position
            """,
            user_ref,
            session_id,
        )
        told: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            answer = (row["answer_id"], row["question_id"])
            if (text := await self._columns.open(row["text"], MESSAGE, row)) is not None:
                told.setdefault(answer, []).append(text)
        known = [("\n".join(texts), self._by_id[asked]) for (_, asked), texts in told.items() if asked in self._by_id]
        # A choice is no sentence of the person's own.
        fit = [(text, q) for text, q in known if q.energy is not Energy.HEAVY and not q.offers(text)]
        words = recalled([text for text, _ in fit], locale)
        return (words, fit[words.position][1].domain) if words else None

    async def _background(self, rows: Sequence[asyncpg.Record], session_id: str) -> Background:
        earlier = [row for row in rows if row["kind"] == "asked" and row["session_id"] != session_id]
        crises = [row for row in rows if row["kind"] == "crisis"]
        dangers: dict[str, set[CrisisKind]] = {}
        for row in crises:
            for kept, column in ((row["heard"], CRISIS_HEARD), (row["understood"], CRISIS_READ)):
                if kept:
                    kind = await crisis_kind(self._columns, kept, column, row)
                    dangers.setdefault(row["question_id"], set()).add(kind)
        return Background(
            earlier=[row["question_id"] for row in earlier],
            withdrawn={row["question_id"] for row in rows if row["kind"] == "withdrawn"},
            dangers=dangers,
            openness={row["question_id"]: row["openness"] for row in rows if row["kind"] == "opens"},
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
        [
            (q.id, q.domain, q.depth, q.energy, int(q.trust), list(q.listens_for), q.ru, q.en)
            for q in (*bank, *(question.without_quote for question in load_returns()))
        ],
    )
