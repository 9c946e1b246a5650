"""Buttons of earlier questions stay on the screen: whoever taps one is told so, and nothing changes."""

from __future__ import annotations

import pytest

from schema.deliveries import ConsentRequest, Goodbye, Notice, NoticeCode, Paused, Question
from schema.onboarding.messages import ConsentAnswer, Gesture, SkipRequest
from schema.vocabulary import Stage, Status
from tests.people.person import People


@pytest.mark.parametrize("signal", ["skip", "pause", "stop", "go_on"])
async def test_a_button_of_an_earlier_question_changes_nothing(people: People, signal: str) -> None:
    person = people.person()
    first = await person.begins()
    second = await person.answers("I like long walks by the river with my sister.")
    said = SkipRequest(nonce=first.nonce) if signal == "skip" else Gesture(nonce=first.nonce)
    await person.does(signal, said)
    assert (await person.sees(Notice)).code is NoticeCode.BUTTON_IS_OLD
    assert await person.sees_nothing_more()
    progress = await person.progress()
    assert (progress.status, progress.open_nonce, progress.skipped) == (Status.ACTIVE, second.nonce, 0)


async def test_a_button_of_the_open_question_does_what_it_says(people: People) -> None:
    person = people.person()
    question = await person.begins()
    await person.does("go_on", Gesture(nonce=question.nonce))
    assert await person.sees_nothing_more()
    await person.does("pause", Gesture(nonce=question.nonce))
    await person.sees(Paused)
    await person.does("pause", Gesture(nonce=question.nonce))
    assert await person.sees_nothing_more()
    await person.does("go_on", Gesture(nonce=question.nonce))
    assert (await person.sees(Notice)).code is NoticeCode.RESUMED
    await person.sees(Question)
    await person.does("stop", Gesture(nonce=question.nonce))
    assert (await person.sees(Goodbye)).reason == "stopped"


@pytest.mark.parametrize("granted", [True, False])
async def test_the_consent_that_another_session_asked_for_says_nothing_here(people: People, granted: bool) -> None:
    person = people.person()
    await person.starts()
    earlier = (await person.sees(ConsentRequest)).nonce
    await person.stops()
    await person.outcome()
    await person.starts()
    request = await person.sees(ConsentRequest)
    assert request.nonce != earlier
    await person.does("answer_consent", ConsentAnswer(granted=granted, nonce=earlier))
    assert (await person.sees(Notice)).code is NoticeCode.BUTTON_IS_OLD
    assert (await person.progress()).stage is Stage.CONSENT
    await person.does("answer_consent", ConsentAnswer(granted=True, nonce=request.nonce))
    await person.sees(Question)
