"""What a person in a terminal chooses by number: what they saw when they began to type, and another country."""

from __future__ import annotations

from collections.abc import Callable

import asyncpg
import pytest

from gateway.presentation.crisis import contact_lines, country_name
from gateway.presentation.texts.texts import Texts
from gateway.terminal.choices import AnswerChoice, Choice, Numbered, countries_of
from gateway.terminal.conversation import Conversation
from gateway.terminal.inbound.keyboard import Line
from schema.danger import Danger
from schema.encrypted_columns import MESSAGE
from schema.onboarding.bank import load_bank
from schema.safety.data import other_countries
from schema.vocabulary import CrisisKind, Locale, Stage
from tests.keys import readable
from tests.people.visit import Hasty, Visit, in_order, joined


@pytest.mark.parametrize("locale", Locale)
async def test_a_person_of_few_words_chooses_by_number(arrives: Callable[..., Visit], locale: Locale) -> None:
    person = arrives(locale)
    assert await person.pipes("1", "Tea." if locale is Locale.EN else "Чай.", "Books.", "2") is None
    seen = joined(person.seen)
    hint = Texts(locale).say("terminal-choose-or-write")
    shown = [
        [question.text(locale), *(f"{n} {choice}" for n, choice in enumerate(question.choices_in(locale), 1)), hint]
        for question in load_bank()
        if question.choices
    ]
    assert any(in_order(seen, [*third, "› 2", *fourth]) for third in shown for fourth in shown)
    assert (await person.progress()).answered == 3
    # A number that names no choice, and words, are answers as ever.
    assert await person.pipes("99") is None
    assert (await person.progress()).answered == 4


async def test_a_number_typed_ahead_chooses_nothing_of_the_question_that_comes(
    arrives: Callable[..., Visit], pool: asyncpg.Pool
) -> None:
    person = arrives()
    assert await person.pipes("1", "Tea.", "Books.") is None
    third = person.screen.nonce
    person.sits_down()
    hasty = Hasty(person, "Question 3", Line("Walks.", third), Line("2", third), "Question 4")
    assert await person.converses(hasty) is None
    # Its choices are on the screen, and none of them has become an answer.
    assert person.screen.choices
    assert "Your answer:" not in person.seen
    assert (await person.progress()).answered == 3
    said = await pool.fetch(
        "SELECT m.* FROM onboarding_system.answer_messages m JOIN onboarding_system.answers a USING (answer_id)"
        " WHERE a.user_ref = $1",
        person.visitor.user_ref,
    )
    assert {row["text"] for row in await readable(said, MESSAGE)} <= {"Tea.", "Books.", "Walks.", "2"}


async def test_a_number_begun_at_an_earlier_question_is_a_choice_of_that_one(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    assert await person.pipes("1", "Tea.", "Books.") is None
    third, offered = person.screen.nonce, person.screen.choices
    assert third
    person.sits_down()
    # It is entered when the fourth question is there with choices of its own.
    walks, begun = Line("Walks.", third), Line("2", third, offered)
    assert await person.converses(Hasty(person, "Question 3", walks, "Question 4", begun, "behind us already")) is None
    assert "Your answer:" not in person.seen
    assert (await person.progress()).answered == 3


@pytest.mark.parametrize("words", ["1", "yes"])
async def test_what_was_begun_before_consent_was_asked_for_agrees_to_nothing(
    arrives: Callable[..., Visit], words: str
) -> None:
    person = arrives()
    hasty = Hasty(person, "Shall we begin?", Line(words, None), "I need your consent first")
    assert await person.converses(hasty) is None
    assert (await person.progress()).stage is Stage.CONSENT


async def test_what_was_begun_before_one_was_asked_whether_one_is_safe_does_not_say_so(
    arrives: Callable[..., Visit],
) -> None:
    person, cry = arrives(), Line("I want to kill myself.", None)
    assert await person.pipes("1") is None
    person.sits_down()
    hasty = Hasty(person, "Question 1", cry, "Are you safe right now?", Line("1", None), "One thing first")
    assert await person.converses(hasty) is None
    assert "glad you are safe" not in person.seen


async def test_a_number_begun_at_the_list_of_countries_is_a_country_when_the_question_of_safety_comes_again(
    arrives: Callable[..., Visit],
) -> None:
    person, danger = arrives(), Danger(kind=CrisisKind.SELF_HARM)
    countries = countries_of(danger, Locale.EN)
    told = f"{country_name(countries[0].code, Texts(Locale.EN))}: "
    listed: tuple[Numbered, ...] = (*countries, Choice.SAFE, Choice.HELP, Choice.MISREAD)
    assert await person.pipes("1", "I want to kill myself.", "4", "Well.") is None
    assert in_order(joined(person.seen), ["Are you safe", "One thing first", "Are you safe"])
    hasty = Hasty(person, Line("1", None, listed), told)
    assert await person.converses(hasty) is None
    assert "glad you are safe" not in person.seen
    # What can be chosen now is what stands on the screen now.
    assert person.screen.choices[:3] == (Choice.SAFE, Choice.HELP, Choice.MISREAD)


async def test_a_choice_that_was_on_the_screen_takes_nothing_from_those_that_are_there_now(
    arrives: Callable[..., Visit],
) -> None:
    screen = arrives().screen
    conversation = Conversation(None, screen, None)  # type: ignore[arg-type]  # nothing is sent or read
    answers = (AnswerChoice("I sing", "n"), AnswerChoice("I walk", "n"))
    for earlier in (Choice.GO_ON, Choice.KEEP, Choice.PRIVACY):
        screen.offer(answers)
        await conversation._handle(Line("1", "m", (earlier,)))
        assert screen.choices == answers


async def test_who_goes_on_after_an_offer_may_still_choose(arrives: Callable[..., Visit]) -> None:
    screen = arrives().screen
    conversation = Conversation(None, screen, None)  # type: ignore[arg-type]  # nothing is sent or read
    answers = (AnswerChoice("I sing", "n"), AnswerChoice("I walk", "n"))
    screen.offer((*answers, Choice.HELP, Choice.GO_ON, Choice.PAUSE))
    await conversation._handle(Line("4", "n", screen.choices))
    assert screen.choices == (*answers, Choice.HELP)


@pytest.mark.parametrize("locale", Locale)
async def test_after_support_the_numbers_of_another_country_are_there_and_nothing_waits_for_it(
    arrives: Callable[..., Visit], locale: Locale
) -> None:
    person, texts = arrives(locale), Texts(locale)
    cry = {Locale.EN: "I want to kill myself.", Locale.RU: "Я хочу умереть."}[locale]
    danger = Danger(kind=CrisisKind.SELF_HARM)
    codes = other_countries(locale)
    names = [country_name(code, texts) for code in codes]
    there = contact_lines(danger, texts, codes[1]).split(" ")[0]
    # The fourth line opens the countries; below them, what could be chosen before is still there.
    await person.pipes("1", cry, "4", "2", "4", str(len(codes) + 1))
    seen = joined(person.seen)
    listed = [f"{number} {name}" for number, name in enumerate(names, 1)]
    safe = texts.say("choice-safe")
    other = texts.say("terminal-other-country")
    opened = [*listed, f"{len(codes) + 1} {safe}"]
    told = [f"1 {safe}", f"4 {other}", *opened, f"{names[1]}: {there}", f"1 {safe}", f"4 {other}", *opened]
    assert in_order(seen, [*told, texts.say("notice-safe")[:20]])
