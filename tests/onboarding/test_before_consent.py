"""Before consent nothing has begun: nothing is kept, and nobody is told that something was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schema.deliveries import ConsentRequest, Goodbye, Notice, NoticeCode, Nudge, Question
from schema.onboarding.messages import Gesture, SkipRequest
from schema.vocabulary import Stage, Status
from tests.people.person import People, Person


async def is_greeted(people: People) -> tuple[Person, ConsentRequest]:
    person = people.person()
    await person.starts()
    return person, await person.sees(ConsentRequest)


async def test_a_silence_brings_the_request_again_and_then_an_end_that_promises_nothing(people: People) -> None:
    person, request = await is_greeted(people)
    await person.is_silent_for(timedelta(minutes=31))
    assert (await person.sees(Nudge)).before_consent
    assert await person.sees(ConsentRequest) == request
    await person.is_silent_for(timedelta(minutes=31))
    assert (await person.sees(Goodbye)).reason == "not_begun"
    assert (await person.outcome()).status is Status.TIMED_OUT


async def test_who_does_not_want_to_decide_leaves_as_they_came(people: People) -> None:
    person, _ = await is_greeted(people)
    await person.stops()
    assert (await person.sees(Goodbye)).reason == "not_begun"
    assert (await person.outcome()).status is Status.ABANDONED


@pytest.mark.parametrize("signal", ["skip", "pause", "resume", "go_on"])
async def test_what_belongs_to_questions_waits_for_the_first_of_them(people: People, signal: str) -> None:
    person, request = await is_greeted(people)
    await person.does(
        signal, SkipRequest() if signal == "skip" else Gesture(nonce="0a1b2c3d" if signal == "go_on" else None)
    )
    notice = await person.sees(Notice)
    assert (notice.code, notice.nonce) == (NoticeCode.NOT_BEGUN, request.nonce)
    progress = await person.progress()
    assert (progress.status, progress.stage) == (Status.ACTIVE, Stage.CONSENT)
    await person.agrees()
    await person.sees(Question)


async def test_until_then_no_delivery_names_the_person(people: People) -> None:
    person, _ = await is_greeted(people)
    await person.says("Who are you?")
    await person.sees(Notice)
    own = [delivery for delivery in people.screens.delivered.values() if delivery.address == person.name]
    assert [delivery.user_ref for delivery in own] == [None, None]
    await person.agrees()
    await person.sees(Question)
    assert people.screens.last.user_ref == person.user_ref
