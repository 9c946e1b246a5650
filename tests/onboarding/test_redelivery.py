"""A channel may bring what a person did more than once: the second time changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schema.deliveries import ConsentRequest, Goodbye, Message, Notice, NoticeCode, Nudge, Paused, Question
from schema.onboarding.messages import Arrival, ConsentAnswer, EditedAnswer, Gesture, LanguageChoice, SkipRequest
from schema.person import FromPerson
from schema.vocabulary import Locale, Status
from tests.people.person import People


@pytest.mark.parametrize(
    ("signal", "said", "reply"),
    [
        ("skip", SkipRequest(update_id="7"), [Notice, Question]),
        ("pause", Gesture(update_id="7"), [Paused]),
        ("choose_language", LanguageChoice(update_id="7", locale=Locale.RU), [Question]),
        ("edit_answer", EditedAnswer(update_id="7", message_id="1", text="I meant the sea."), [Notice]),
        ("answer_consent", ConsentAnswer(update_id="7", granted=True), [Notice]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_comes_twice_is_heard_once(
    people: People, signal: str, said: FromPerson, reply: list[type[Message]]
) -> None:
    person = people.person()
    await person.begins()
    assert await person.sees_nothing_more()
    for _ in range(2):
        await person.does(signal, said)
    for kind in reply:
        await person.sees(kind)
    await person.does(signal, said)
    assert await person.sees_nothing_more()


async def test_the_same_command_sent_anew_is_heard_again(people: People) -> None:
    person = people.person()
    await person.begins()
    for update_id in ("7", "8"):
        await person.does("choose_language", LanguageChoice(update_id=update_id, locale=Locale.RU))
        await person.sees(Question)


async def test_a_second_start_that_comes_twice_shows_the_question_once(people: People) -> None:
    person = people.person()
    await person.begins()
    assert await person.sees_nothing_more()
    for _ in range(2):
        await person.does("arrive", Arrival(update_id="7", channel=person.channel))
    assert (await person.sees(Question)).again
    assert await person.sees_nothing_more()


async def test_consent_that_comes_twice_begins_once(people: People) -> None:
    person = people.person()
    await person.starts()
    await person.sees(ConsentRequest)
    for _ in range(2):
        await person.does("answer_consent", ConsentAnswer(update_id="7", granted=True))
    await person.sees(Question)
    assert await person.sees_nothing_more()


async def test_rest_and_return_with_commands_that_come_twice(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.does("pause", Gesture(update_id="7"))
    assert (await person.sees(Paused)).reason == "person"
    await person.does("resume", Gesture(update_id="8"))
    assert (await person.sees(Notice)).code is NoticeCode.RESUMED
    await person.sees(Question)
    await person.does("pause", Gesture(update_id="7"))
    await person.does("resume", Gesture(update_id="8"))
    assert await person.sees_nothing_more()
    assert (await person.progress()).status is Status.ACTIVE
    await person.does("stop", Gesture(update_id="9"))
    assert (await person.sees(Goodbye)).reason == "stopped"


async def test_what_comes_twice_does_not_break_a_silence(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.does("choose_language", LanguageChoice(update_id="7", locale=Locale.RU))
    await person.sees(Question)
    await person.is_silent_for(timedelta(minutes=20))
    await person.does("choose_language", LanguageChoice(update_id="7", locale=Locale.RU))
    await person.is_silent_for(timedelta(minutes=11))
    await person.sees(Nudge)
