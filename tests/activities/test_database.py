"""Local activities run again when their workflow task is lost: the second time changes nothing."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError

from activities.analysis.answer_texts import AnswerTexts
from schema.analysis.readings import DeepAnalysis, TraitEvidence
from schema.errors import Undecipherable
from schema.onboarding.activities import (
    AnswerToRecord,
    ChooseNext,
    HeardText,
    QuestionInLocale,
    SessionClosed,
    SessionOpened,
)
from schema.person import PersonRef
from schema.profile.activities import AnalysisToFold
from schema.vocabulary import CrisisKind, Evolution, Locale, Status, Trait
from tests.keys import encryption
from workers.bootstrap import Parts

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Someone:
    """A person with an open session in the database."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.user_ref = uuid.uuid4().hex[:16]
        self.session_id = str(uuid.uuid4())
        self.answer_id = str(uuid.uuid4())

    async def opens(self) -> None:
        await self.parts.sessions.open_session(
            SessionOpened(
                session_id=self.session_id,
                user_ref=self.user_ref,
                locale=Locale.EN,
                opened_at=NOW,
                readers=["Rehearsed"],
            )
        )

    def choice(self) -> ChooseNext:
        return ChooseNext(
            session_id=self.session_id,
            user_ref=self.user_ref,
            locale=Locale.EN,
            asked=[],
            trust_points=0,
            planned=12,
            started_at=NOW,
            now=NOW,
        )

    def answer(self, *texts: str) -> AnswerToRecord:
        return AnswerToRecord(
            answer_id=self.answer_id,
            session_id=self.session_id,
            user_ref=self.user_ref,
            question_id="work-surface-01",
            locale=Locale.EN,
            addendum=False,
            messages=[HeardText(update_id=f"u{n}", text=text, heard_at=NOW) for n, text in enumerate(texts)],
        )

    def analysis(self, crisis: CrisisKind | None = None) -> AnalysisToFold:
        return AnalysisToFold(
            answer_id=self.answer_id,
            user_ref=self.user_ref,
            analysis=DeepAnalysis(
                traits=[TraitEvidence(trait=Trait.OPENNESS, score=0.9, confidence=0.3)],
                patterns=["curiosity"],
                insight="You like the new.",
                crisis=crisis,
                breakthrough=False,
                sentiment=0.2,
                analyst="offline",
            ),
            analysed_at=NOW,
        )


@pytest.fixture
async def someone(parts: Parts) -> Someone:
    """A person who has just consented."""
    person = Someone(parts)
    await person.opens()
    return person


async def test_a_choice_that_was_made_stands(someone: Someone) -> None:
    first = await someone.parts.questions.choose_next(someone.choice())
    again = await someone.parts.questions.choose_next(someone.choice())
    assert first.question is not None
    assert again.question == first.question
    assert again.strategy == first.strategy


async def test_the_next_session_knows_what_was_asked_and_what_danger_was_spoken_of(someone: Someone) -> None:
    first = await someone.parts.questions.choose_next(someone.choice())
    await someone.parts.sessions.record_answer(someone.answer("I want to die."))
    await someone.parts.profiles.fold_analysis(someone.analysis(crisis=CrisisKind.ABUSE))
    someone.session_id = str(uuid.uuid4())
    await someone.opens()

    known = await someone.parts.questions.background_of(someone.user_ref, someone.session_id)
    assert first.question is not None
    assert known.earlier == [first.question.question_id]
    assert known.dangers == {"work-surface-01": {CrisisKind.SELF_HARM, CrisisKind.ABUSE}}
    assert known.troubled_before


async def test_an_answer_is_kept_once_with_all_its_messages(someone: Someone, pool: asyncpg.Pool) -> None:
    for _ in range(2):
        reading = await someone.parts.sessions.record_answer(someone.answer("I like it.", "A lot."))
    assert reading.words == 5
    kept = await AnswerTexts(pool, encryption().columns).in_context(someone.answer_id, Locale.EN)
    assert kept.text == "I like it.\nA lot."


async def test_an_analysis_is_folded_once(someone: Someone) -> None:
    await someone.parts.sessions.record_answer(someone.answer("I like it."))
    await someone.parts.profiles.fold_analysis(someone.analysis())
    once = await someone.parts.profiles.read_profile(PersonRef(user_ref=someone.user_ref))
    await someone.parts.profiles.fold_analysis(someone.analysis())
    twice = await someone.parts.profiles.read_profile(PersonRef(user_ref=someone.user_ref))
    assert once == twice
    assert once.traits[0].score > 0.5
    assert (once.answers, once.insights) == (1, ["You like the new."])


async def test_a_movement_that_an_older_release_saw_within_one_conversation_is_not_told(
    someone: Someone, pool: asyncpg.Pool
) -> None:
    await someone.parts.sessions.record_answer(someone.answer("I like it."))
    await someone.parts.profiles.fold_analysis(someone.analysis())
    await pool.execute(
        "UPDATE profiles_store.big_five_traits SET evolution = 'increasing' WHERE user_ref = $1", someone.user_ref
    )
    profile = await someone.parts.profiles.read_profile(PersonRef(user_ref=someone.user_ref))
    assert [level.evolution for level in profile.traits] == [Evolution.UNSETTLED]


async def test_what_a_crisis_answer_told_is_not_repeated_in_the_profile(someone: Someone) -> None:
    await someone.parts.sessions.record_answer(someone.answer("I like it."))
    await someone.parts.profiles.fold_analysis(someone.analysis(crisis=CrisisKind.SELF_HARM))
    profile = await someone.parts.profiles.read_profile(PersonRef(user_ref=someone.user_ref))
    assert (profile.patterns, profile.insights) == ([], [])


async def test_trust_and_language_are_there_in_the_next_session(someone: Someone) -> None:
    closed = SessionClosed(
        session_id=someone.session_id,
        user_ref=someone.user_ref,
        status=Status.COMPLETED,
        trust_points=3.5,
        closed_at=NOW,
    )
    await someone.parts.sessions.close_session(closed)
    known = await someone.parts.people.recall_person(PersonRef(user_ref=someone.user_ref))
    assert (known.consented, known.locale, known.trust_points, known.sessions) == (True, Locale.EN, 3.5, 1)


async def test_erasing_leaves_nothing_and_a_late_analysis_brings_nothing_back(
    someone: Someone, pool: asyncpg.Pool
) -> None:
    await someone.parts.questions.choose_next(someone.choice())
    await someone.parts.sessions.record_answer(someone.answer("I like it."))
    await someone.parts.profiles.fold_analysis(someone.analysis())
    await someone.parts.people.erase_person(PersonRef(user_ref=someone.user_ref))
    with pytest.raises(Undecipherable, match="is destroyed"):
        await someone.parts.profiles.fold_analysis(someone.analysis())

    tables = await pool.fetch(
        "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.columns"
        " WHERE column_name = 'user_ref' AND table_schema LIKE ANY (ARRAY['%\\_system', '%\\_store'])"
    )
    assert len(tables) >= 6
    for table in tables:
        left = await pool.fetchval(f"SELECT count(*) FROM {table['name']} WHERE user_ref = $1", someone.user_ref)
        assert left == 0, table["name"]
    with pytest.raises(ApplicationError) as gone:
        await AnswerTexts(pool, encryption().columns).in_context(someone.answer_id, Locale.EN)
    assert gone.value.type == "AnswerGone"


async def test_an_unknown_question_is_no_reason_to_retry(parts: Parts) -> None:
    with pytest.raises(ApplicationError) as unknown:
        await parts.questions.word_question(QuestionInLocale(question_id="no-such-99", locale=Locale.EN))
    assert unknown.value.non_retryable
