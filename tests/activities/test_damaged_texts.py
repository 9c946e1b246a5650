"""A text that nobody can read any more is left out alone: what stands beside it is read."""

from __future__ import annotations

import uuid
from datetime import timedelta

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.ai.offline.analyst import OfflineAnalyst
from activities.analysis.answer_analysis import AnalysisActivities
from activities.analysis.answer_texts import AnswerTexts
from activities.encryption.column import MARK
from schema.analysis.activities import AnswerToAnalyse
from schema.analysis.routing import Tier
from schema.onboarding.activities import AnswerToRecord
from schema.person import PersonRef
from schema.safety.activities import AnswerToWeigh
from schema.vocabulary import Locale
from tests.activities.test_database import NOW, Someone
from tests.keys import encryption
from workers.bootstrap import Parts

BOATS, LAKES = "I paint small boats on Sunday mornings.", "I walk around our lake on Fridays."
DAMAGED = f"{MARK}damaged"


@pytest.fixture
async def someone(parts: Parts) -> Someone:
    """A person who has just consented."""
    person = Someone(parts)
    await person.opens()
    return person


async def damage(pool: asyncpg.Pool, answer_id: str, update_id: str) -> None:
    """Makes one message of an answer unreadable."""
    await pool.execute(
        "UPDATE onboarding_system.answer_messages SET text = $3 WHERE answer_id = $1 AND update_id = $2",
        answer_id,
        update_id,
        DAMAGED,
    )


def later(answer: AnswerToRecord, *, minutes: int) -> AnswerToRecord:
    """An answer of one message, which came some minutes later."""
    told = {"update_id": f"later {minutes}", "heard_at": NOW + timedelta(minutes=minutes)}
    return answer.model_copy(update={"messages": [answer.messages[0].model_copy(update=told)]})


async def test_a_profile_is_shown_without_a_damaged_pattern_and_insight(someone: Someone, pool: asyncpg.Pool) -> None:
    for number, insight in enumerate(["You like boats.", "You like lakes."]):
        someone.answer_id = str(uuid.uuid4())
        await someone.parts.sessions.record_answer(later(someone.answer(LAKES), minutes=number))
        folded = someone.analysis()
        told = {"insight": insight, "patterns": [f"pattern {number}", "curiosity"]}
        folded = folded.model_copy(update={"analysis": folded.analysis.model_copy(update=told)})
        await someone.parts.profiles.fold_analysis(folded)
    await pool.execute(
        "UPDATE analysis_system.analyses SET insight = $2, patterns[1] = $2 WHERE answer_id = $1",
        someone.answer_id,
        DAMAGED,
    )
    profile = await someone.parts.profiles.read_profile(PersonRef(user_ref=someone.user_ref))
    assert profile.insights == ["You like boats."]
    assert profile.patterns == ["curiosity"]


async def test_a_return_takes_up_words_beside_damaged_ones(someone: Someone, pool: asyncpg.Pool) -> None:
    await someone.parts.sessions.record_answer(someone.answer(BOATS, LAKES))
    await damage(pool, someone.answer_id, "u0")
    await someone.parts.questions.choose_next(someone.choice())
    someone.session_id = str(uuid.uuid4())
    await pool.execute(
        "INSERT INTO onboarding_system.sessions (session_id, user_ref, opened_at) VALUES ($1, $2, $3)",
        someone.session_id,
        someone.user_ref,
        NOW + timedelta(days=1),
    )
    question = (await someone.parts.questions.choose_next(someone.choice())).question
    assert question is not None
    assert LAKES.rstrip(".") in question.text


async def test_an_answer_is_analysed_although_an_earlier_one_is_damaged(someone: Someone, pool: asyncpg.Pool) -> None:
    earlier = someone.answer(BOATS)
    await someone.parts.sessions.record_answer(earlier)
    await damage(pool, earlier.answer_id, "u0")
    someone.answer_id = str(uuid.uuid4())
    await someone.parts.sessions.record_answer(later(someone.answer(LAKES), minutes=1))
    read = await AnswerTexts(pool, encryption().columns).in_context(someone.answer_id, Locale.EN)
    assert (read.text, read.earlier) == (LAKES, [])


async def test_of_an_answer_that_is_damaged_in_part_the_rest_is_read_and_weighed(
    someone: Someone, pool: asyncpg.Pool
) -> None:
    assert someone.parts.net is not None
    await someone.parts.sessions.record_answer(someone.answer(BOATS, "I want to kill myself"))
    await damage(pool, someone.answer_id, "u0")
    read = await AnswerTexts(pool, encryption().columns).in_context(someone.answer_id, Locale.EN)
    assert read.text == "I want to kill myself"
    weighing = await ActivityEnvironment().run(
        someone.parts.net.weigh_answer, AnswerToWeigh(answer_id=someone.answer_id)
    )
    assert weighing.danger is not None


async def test_an_answer_that_nobody_can_read_is_answered_and_its_analysis_is_not_tried_again(
    someone: Someone, pool: asyncpg.Pool, caplog: pytest.LogCaptureFixture
) -> None:
    assert someone.parts.net is not None
    await someone.parts.sessions.record_answer(someone.answer(BOATS))
    await damage(pool, someone.answer_id, "u0")
    analysis = AnalysisActivities(AnswerTexts(pool, encryption().columns), {Tier.OFFLINE: OfflineAnalyst()})
    answer = AnswerToAnalyse(answer_id=someone.answer_id, locale=Locale.EN)
    assert (await ActivityEnvironment().run(analysis.reflect_offline, answer)).reflection
    run = ActivityEnvironment().run
    for failing in (
        run(analysis.analyse_answer, answer),
        run(analysis.instant_feedback, answer),
        run(someone.parts.net.weigh_answer, AnswerToWeigh(answer_id=someone.answer_id)),
    ):
        with pytest.raises(ApplicationError) as failed:
            await failing
        assert (failed.value.type, failed.value.non_retryable) == ("Undecipherable", True)
    assert "A text of onboarding_system.answer_messages.text is left out: " in caplog.text
