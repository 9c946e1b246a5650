"""Who hears a text: the session, the coach, or the coach with an answer that came too late for the session."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.clients.onboarding import Hearer
from schema.coaching.deliveries import CoachReply
from schema.deliveries import (
    CrisisSupport,
    Feedback,
    Goodbye,
    Notice,
    NoticeCode,
    Nudge,
    Paused,
    Question,
    SafetyQuestion,
    Summary,
)
from schema.vocabulary import Locale
from tests.coaching.talker import Talker
from tests.people.person import People
from tests.people.screens import Delay

DANGER = "I want to kill myself tonight"
LATE = "I like to cook for my friends, it calms me."
MINUTES = timedelta(minutes=31)


@pytest.fixture
async def late(people: People) -> Talker:
    """A person whose session has timed out on its first question."""
    talker = Talker(people)
    await talker.person.begins()
    await talker.person.is_silent_for(MINUTES)
    await talker.person.sees(Nudge)
    await talker.person.is_silent_for(MINUTES)
    assert (await talker.person.sees(Goodbye)).reason == "timed_out"
    await talker.person.outcome()
    return talker


async def test_while_a_session_rests_texts_are_for_the_coach_until_the_person_resumes(people: People) -> None:
    anna = Talker(people)
    assert await anna.hearer() is Hearer.COACH
    await anna.person.begins()
    assert await anna.hearer() is Hearer.SESSION
    await anna.person.pauses()
    await anna.person.sees(Paused)
    assert await anna.hearer() is Hearer.COACH
    for day in range(1, 4):
        await anna.asks(f"Day {day} without a question: I slept badly again.")
        await anna.is_silent_for(timedelta(hours=20))
    await anna.person.resumes()
    await anna.person.sees(Question)
    assert await anna.hearer() is Hearer.SESSION
    assert (await anna.person.answers(LATE)).number == 2
    assert await anna.person.kept_texts() == [LATE]


async def test_while_nobody_knows_whether_one_is_safe_the_session_hears(people: People) -> None:
    anna = Talker(people)
    await anna.person.begins()
    await anna.person.says(DANGER)
    await anna.person.sees(SafetyQuestion)
    assert await anna.hearer() is Hearer.SESSION


async def test_a_text_while_a_session_says_its_last_words_gets_a_reply(people: People) -> None:
    anna = Talker(people)
    await anna.person.begins()
    for _ in range(3):
        await anna.person.answers(LATE)
    people.screens.delays[anna.person.name] = Delay(Summary)
    await anna.person.stops()
    await anna.person.sees(Summary)
    assert await anna.hearer() is Hearer.COACH
    reply = await anna.asks("One more thing: my brother calls every night.")
    people.screens.release(anna.person.name)
    assert await anna.kept() == [("person", "One more thing: my brother calls every night."), ("coach", reply.text)]


async def test_an_answer_that_comes_after_a_time_out_is_kept_and_reacted_to(late: Talker) -> None:
    assert await late.hearer() is Hearer.COACH_AFTER_TIME_OUT
    update = await late.says(LATE, after_time_out=True)
    assert (await late.person.sees(Notice)).code is NoticeCode.LATE_ANSWER_KEPT
    await late.person.sees(Feedback)
    assert await late.person.kept_texts() == [LATE]
    # Neither a redelivered answer nor what follows it is an answer.
    await late.says(LATE, after_time_out=True, update_id=update)
    await late.says("And my brother came over.", after_time_out=True)
    await late.person.sees(CoachReply)
    assert await late.person.kept_texts() == [LATE]
    assert [said for who, said in await late.kept() if who == "person"] == ["And my brother came over."]


async def test_danger_in_a_late_answer_is_answered_by_support_alone(late: Talker) -> None:
    await late.says(DANGER, after_time_out=True)
    await late.person.sees(CrisisSupport)
    await late.person.sees(SafetyQuestion)
    assert await late.person.sees_nothing_more()
    assert await late.person.kept_texts() == [DANGER]


async def test_what_comes_more_than_an_hour_after_a_time_out_is_for_the_coach(late: Talker, people: People) -> None:
    await people.pool.execute(
        "UPDATE onboarding_system.sessions SET closed_at = closed_at - interval '3 hours' WHERE user_ref = $1",
        late.user_ref,
    )
    await late.says(LATE, after_time_out=True)
    await late.person.sees(CoachReply)
    assert await late.person.kept_texts() == []


async def test_a_language_reaches_a_coach_who_is_awake_at_once(anna: Talker, people: People) -> None:
    await anna.asks("I keep putting off a call to my brother.")
    await anna.chooses_language(Locale.RU)
    await anna.begins_topic()
    assert people.screens.last.locale is Locale.RU
    await anna.asks("Я так и не позвонил брату.")
    assert people.screens.last.locale is Locale.RU
