"""Silence: a nudge, an end, and a long rest. The sessions' own clocks are moved, nobody waits."""

from __future__ import annotations

from datetime import timedelta

from schema.deliveries import Goodbye, Nudge, Paused, Question, WelcomeBack
from schema.vocabulary import Status
from tests.people.person import People


async def test_half_an_hour_of_silence_brings_a_nudge_and_the_session_stays_open(people: People) -> None:
    person = people.person()
    question = await person.begins()
    await person.is_silent_for(timedelta(minutes=31))
    await person.sees(Nudge)
    progress = await person.progress()
    assert (progress.status, progress.open_nonce) == (Status.ACTIVE, question.nonce)
    assert (await person.answers("I was away for a moment, sorry.")).number == 2


async def test_more_silence_ends_the_session_and_keeps_the_answers(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers("I like to cook for my friends.")
    await person.is_silent_for(timedelta(minutes=31))
    await person.sees(Nudge)
    await person.is_silent_for(timedelta(minutes=31))
    assert (await person.sees(Goodbye)).reason == "timed_out"
    assert (await person.outcome()).status is Status.TIMED_OUT
    assert await person.kept_texts() == ["I like to cook for my friends."]

    await person.starts()
    await person.sees(WelcomeBack)
    await person.sees(Question)


async def test_one_nudge_a_silence_and_a_new_one_for_the_next(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.is_silent_for(timedelta(minutes=31))
    await person.sees(Nudge)
    await person.answers("Here I am.")
    await person.is_silent_for(timedelta(minutes=31))
    await person.sees(Nudge)
    assert (await person.progress()).status is Status.ACTIVE


async def test_a_rest_may_last_for_weeks(people: People) -> None:
    person = people.person()
    question = await person.begins()
    await person.pauses()
    await person.sees(Paused)
    await person.is_silent_for(timedelta(days=29))
    assert (await person.progress()).status is Status.PAUSED
    assert not any(isinstance(m, Nudge) for m in person.seen)
    await person.resumes()
    assert (await person.sees(Question)).nonce == question.nonce
    await person.is_silent_for(timedelta(minutes=31))
    await person.sees(Nudge)


async def test_after_thirty_days_of_rest_the_session_is_abandoned(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.pauses()
    await person.sees(Paused)
    await person.is_silent_for(timedelta(days=30, minutes=1))
    assert (await person.sees(Goodbye)).reason == "abandoned"
    assert (await person.outcome()).status is Status.ABANDONED


async def test_silence_before_consent_ends_the_session_too(people: People) -> None:
    person = people.person()
    await person.starts()
    await person.is_silent_for(timedelta(minutes=31))
    await person.sees(Nudge)
    await person.is_silent_for(timedelta(minutes=31))
    assert (await person.sees(Goodbye)).reason == "not_begun"
