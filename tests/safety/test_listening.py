"""What is written while no session is open: nothing of it is kept, and a crisis is heard."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import WorkflowFailureError

from schema.deliveries import CrisisSupport, Notice, NoticeCode, Question, SafetyQuestion
from schema.person import MORE_WITHIN
from schema.vocabulary import CrisisKind, Locale
from tests.people.person import People


async def test_words_that_nobody_takes_get_a_kind_line(people: People) -> None:
    person = people.person()
    await person.is_overheard("Is anybody here?")
    assert (await person.sees(Notice)).code is NoticeCode.NO_COACH_YET
    assert await person.kept_texts() == []


async def test_a_crisis_gets_support_and_no_chatter(people: People) -> None:
    person = people.person(Locale.RU)
    await person.is_overheard("Я не хочу жить.")
    assert (await person.sees(CrisisSupport)).crisis is CrisisKind.SELF_HARM
    await person.sees(SafetyQuestion)
    assert await person.sees_nothing_more()


async def test_who_has_no_session_can_say_that_they_are_safe_or_need_help(people: People) -> None:
    person = people.person()
    await person.is_overheard("I want to kill myself.")
    await person.sees(SafetyQuestion)
    await person.taps_outside("help", CrisisKind.SELF_HARM)
    assert (await person.sees(CrisisSupport)).again
    await person.taps_outside("safe", CrisisKind.SELF_HARM)
    assert (await person.sees(Notice)).code is NoticeCode.SAFE


async def test_of_many_words_at_once_each_is_heard(people: People) -> None:
    person = people.person()
    texts = ["Hello?", "I want to kill myself.", "Are you there?"]
    await asyncio.gather(*(person.is_overheard(text) for text in texts))
    await person.sees(CrisisSupport)
    await person.sees(SafetyQuestion)
    while sum(isinstance(message, Notice) for message in person.seen) < 2:
        await person.sees(Notice)
    assert await person.sees_nothing_more()


async def test_a_cry_for_help_waits_behind_nothing_that_can_not_be_brought(people: People) -> None:
    person = people.person()
    people.screens.refused = Notice
    listening = await person.is_overheard("Hello?")
    await person.is_overheard("I want to kill myself.")
    await person.sees(CrisisSupport)
    people.screens.refused_for_good = True
    # Operators see that somebody could not be told something.
    with pytest.raises(WorkflowFailureError):
        await listening.result()


async def test_support_is_in_the_language_that_the_person_chose(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.chooses(Locale.RU)
    await person.sees(Question)
    await person.stops()
    await person.outcome()
    await person.is_overheard("I want to kill myself.")
    await person.sees(CrisisSupport)
    assert people.screens.last.locale is Locale.RU


async def test_the_parts_of_a_letter_are_answered_once_and_read_as_one(people: People) -> None:
    person = people.person()
    await person.is_overheard("It has been a long year. Most of all I want to", more_expected=True)
    await person.is_overheard("kill myself.")
    assert (await person.sees(CrisisSupport)).crisis is CrisisKind.SELF_HARM
    await person.sees(SafetyQuestion)
    assert await person.sees_nothing_more()


async def test_a_long_letter_that_nothing_follows_is_answered_a_moment_later(people: People) -> None:
    person = people.person()
    listening = await person.is_overheard("It has been a long year.", more_expected=True)
    await people.env.fast_forward(listening, MORE_WITHIN)
    assert (await person.sees(Notice)).code is NoticeCode.NO_COACH_YET
    await listening.result()


async def test_what_is_passed_on_together_is_spoken_of_once(people: People) -> None:
    person = people.person()
    for text in ("Where are you?", "We miss you.", "Call me."):
        listening = await person.is_overheard(
            text, otherwise=NoticeCode.SOMEBODY_ELSES_WORDS, by_others=True, more_expected=True
        )
    await people.env.fast_forward(listening, MORE_WITHIN)
    assert (await person.sees(Notice)).code is NoticeCode.SOMEBODY_ELSES_WORDS
    await listening.result()
    assert await person.sees_nothing_more()


async def test_a_crisis_in_what_others_wrote_is_answered_as_theirs_and_an_own_one_as_ones_own(people: People) -> None:
    person = people.person()
    listening = await person.is_overheard("I want to kill myself.", by_others=True, more_expected=True)
    await person.is_overheard("I don't want to live anymore.")
    await people.env.fast_forward(listening, MORE_WITHIN)
    support = [await person.sees(CrisisSupport), await person.sees(CrisisSupport)]
    assert sorted(message.by_others for message in support) == [False, True]
