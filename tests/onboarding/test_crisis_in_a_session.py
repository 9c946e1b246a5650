"""A crisis comes before everything else: support at once, nothing that analyses, then gentle ground or rest."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest
from temporalio.testing import TimeSkipper

from schema.danger import DangerAbout
from schema.deliveries import (
    ConsentRequest,
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
from schema.onboarding.bank import BankQuestion
from schema.onboarding.messages import SessionSettings, SkipRequest
from schema.vocabulary import CrisisKind, Energy, Locale, Status
from tests.people.person import People
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine

SAYS = {Locale.EN: "I don't want to live anymore.", Locale.RU: "Я больше не хочу жить."}


@pytest.mark.parametrize("locale", list(Locale))
async def test_support_comes_at_once_and_alone_and_a_fit_question_only_after_the_person_says_they_are_safe(
    people: People, bank: list[BankQuestion], locale: Locale
) -> None:
    person = people.person(locale)
    await person.begins()
    await person.says(SAYS[locale])
    support = await person.sees(CrisisSupport)
    assert support.crisis is CrisisKind.SELF_HARM
    asked = await person.sees(SafetyQuestion)
    assert await person.sees_nothing_more()
    assert (await person.progress()).status is Status.PAUSED
    await person.taps("safe", asked.nonce)
    assert (await person.sees(Notice)).code is NoticeCode.SAFE
    question = await person.sees(Question)
    (chosen,) = (q for q in bank if q.id == question.question_id)
    assert CrisisKind.SELF_HARM in chosen.after_crisis
    assert not any(isinstance(m, Feedback) for m in person.seen)
    assert await person.kept_texts() == [SAYS[locale]]


async def test_who_was_misread_goes_on_and_care_stays(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says(SAYS[Locale.EN])
    await person.taps("misread", (await person.sees(SafetyQuestion)).nonce)
    assert (await person.sees(Notice)).code is NoticeCode.MISREAD
    assert (await person.sees(Question)).energy is Energy.HEALING


async def test_who_needs_help_gets_the_numbers_again_and_the_session_rests(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says(SAYS[Locale.EN])
    asked = await person.sees(SafetyQuestion)
    await person.taps("help", asked.nonce)
    assert (await person.sees(CrisisSupport)).again
    assert (await person.sees(Paused)).reason == "crisis"
    # An old button still brings help, as often as it is tapped.
    await person.taps("help", asked.nonce)
    await person.sees(CrisisSupport)
    await person.resumes()
    assert (await person.sees(Question)).energy is Energy.HEALING


async def test_words_instead_of_a_button_are_understood_and_others_are_no_answer_to_an_old_question(
    people: People,
) -> None:
    person = people.person()
    await person.begins()
    await person.says(SAYS[Locale.EN])
    support = await person.sees(CrisisSupport)
    # All who can be reached stand right above it.
    assert (await person.sees(SafetyQuestion)).care is None
    for unclear in ("I'm just tired of everything today.", "I don't know."):
        await person.says(unclear)
        assert (await person.sees(Notice)).code is NoticeCode.STILL_HERE
        assert (await person.sees(SafetyQuestion)).care == support.danger
    await person.says("Yes, I'm safe.")
    assert (await person.sees(Notice)).code is NoticeCode.SAFE
    await person.sees(Question)


async def test_the_second_time_the_words_are_others_and_the_session_rests(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says(SAYS[Locale.EN])
    await person.taps("safe", (await person.sees(SafetyQuestion)).nonce)
    await person.sees(Question)
    await person.says("I want to kill myself.")
    assert (await person.sees(CrisisSupport)).again
    await person.taps("safe", (await person.sees(SafetyQuestion)).nonce)
    assert (await person.sees(Paused)).reason == "crisis"
    assert (await person.progress()).status is Status.PAUSED
    await person.resumes()
    assert (await person.sees(Question)).energy is Energy.HEALING


async def test_nobody_is_made_to_answer(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says(SAYS[Locale.EN])
    await person.sees(SafetyQuestion)
    await person.resumes()
    await person.sees(SafetyQuestion)
    await person.does("skip", SkipRequest(update_id="s"))
    assert (await person.sees(Question)).energy is Energy.HEALING


async def test_whoever_stops_after_a_crisis_gets_care_and_the_numbers(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says(SAYS[Locale.EN])
    await person.sees(SafetyQuestion)
    await person.stops()
    goodbye = await person.sees(Goodbye)
    assert goodbye.care is not None
    assert goodbye.care.kind is CrisisKind.SELF_HARM


async def test_for_a_week_a_line_of_care_comes_in_place_of_reminders(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says(SAYS[Locale.EN])
    await person.sees(SafetyQuestion)
    await person.stops()
    await person.outcome()
    await person.starts()
    await person.sees(Question)
    await person.is_silent_for(SessionSettings().nudge_after + timedelta(minutes=1))
    nudge = await person.sees(Nudge)
    assert nudge.care is not None
    await person.is_silent_for(SessionSettings().close_after_nudge + timedelta(minutes=1))
    assert (await person.outcome()).status is Status.TIMED_OUT
    assert not any(isinstance(message, Goodbye) and message.reason == "timed_out" for message in person.glances())


async def test_in_the_week_after_a_crisis_a_summary_holds_care_and_no_insight(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says(SAYS[Locale.EN])
    await person.taps("safe", (await person.sees(SafetyQuestion)).nonce)
    await person.sees(Question)
    await person.answers("I worry about everything, all the time, and I always have.")
    await person.answers("I plan every day down to the minute, it keeps me calm.")
    await person.stops()
    summary = await person.sees(Summary)
    assert summary.care is not None
    assert summary.profile.insights == []


async def test_a_crisis_is_heard_even_before_consent(people: People) -> None:
    person = people.person()
    await person.starts()
    await person.sees(ConsentRequest)
    await person.says(SAYS[Locale.EN])
    await person.sees(CrisisSupport)
    await person.taps("safe", (await person.sees(SafetyQuestion)).nonce)
    await person.sees(ConsentRequest)
    assert await person.kept_texts() == []


async def test_a_crisis_in_words_added_to_an_old_answer_is_heard(people: People) -> None:
    person = people.person()
    first = await person.begins()
    await person.answers("I sleep badly.")
    await person.says(SAYS[Locale.EN], nonce=first.nonce)
    await person.sees(CrisisSupport)
    await person.taps("safe", (await person.sees(SafetyQuestion)).nonce)
    assert (await person.sees(Question)).energy is Energy.HEALING


async def test_a_crisis_written_while_the_session_ends_is_heard_and_kept(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, parts: Parts
) -> None:
    async with People(own_namespace, pool) as cast:
        person = cast.person()
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            await person.begins()
            assert await person.sees_nothing_more()
        # No worker runs, so both wait together: the end, and words that came after it.
        await person.stops()
        await person.says(SAYS[Locale.EN])
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            await person.sees(CrisisSupport)
            await person.outcome()
            assert await person.kept_texts() == [SAYS[Locale.EN]]


@pytest.mark.parametrize("text", ["I'm 13 and I like drawing.", "Мне 15 лет, учусь в школе."])
async def test_whoever_says_that_they_are_under_eighteen_is_told_so_and_nothing_is_kept(
    people: People, text: str
) -> None:
    person = people.person()
    await person.begins()
    await person.answers("I like the sea.")
    await person.says(text)
    assert (await person.sees(Goodbye)).reason == "underage"
    await person.outcome()
    assert await person.kept_texts() == []
    # The histories go, too.
    while (await person.sees(Notice)).code is not NoticeCode.ERASED:
        pass


async def test_a_child_in_danger_gets_help_first(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says("I'm 12 and dad hits me with a belt.")
    support = await person.sees(CrisisSupport)
    assert support.danger is not None
    assert support.danger.about is DangerAbout.CHILD
    assert (await person.sees(Goodbye)).reason == "underage"
