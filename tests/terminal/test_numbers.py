"""What a person in a terminal chooses by number: answers, also typed ahead, and the numbers of another country."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from gateway.presentation.crisis import contact_lines, country_name
from gateway.presentation.texts.texts import Texts
from gateway.terminal.choices import AnswerChoice, Choice
from gateway.terminal.conversation import Conversation
from gateway.terminal.inbound.keyboard import Line
from schema.danger import Danger
from schema.onboarding.bank import load_bank
from schema.safety.data import other_countries
from schema.vocabulary import CrisisKind, Locale
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


async def of_few_words(person: Visit) -> str:
    """Answers two questions in a word each, and leaves at the third; its nonce."""
    assert await person.pipes("1", "Tea.", "Books.") is None
    assert person.screen.nonce
    return person.screen.nonce


def kept(pool: asyncpg.Pool, person: Visit) -> Awaitable[list[str]]:
    """What the database keeps of a person's answers, oldest first."""
    return pool.fetchval(
        "SELECT array_agg(m.text ORDER BY m.heard_at) FROM onboarding_system.answer_messages m"
        " JOIN onboarding_system.answers a USING (answer_id) WHERE a.user_ref = $1",
        person.visitor.user_ref,
    )


def choices_of(question_id: str | None) -> list[str]:
    return next(q for q in load_bank() if q.id == question_id).choices_in(Locale.EN)


async def test_a_number_typed_ahead_is_that_of_the_question_that_comes_and_words_are_words(
    arrives: Callable[..., Visit], pool: asyncpg.Pool
) -> None:
    person = arrives()
    third = await of_few_words(person)
    person.sits_down()
    hasty = Hasty(person, "Question 3", Line("Walks.", third), Line("2", third), "Question 5")
    assert await person.converses(hasty) is None
    [*_, said, chosen] = await kept(pool, person)
    assert said == "Walks."
    assert any(chosen in choices_of(q.id)[1:2] for q in load_bank() if q.choices)
    assert joined(person.seen).count("Your answer:") == 1
    assert "earlier step" not in person.seen
    assert (await person.progress()).answered == 4


async def test_a_number_begun_before_its_question_came_is_a_choice_of_it(
    arrives: Callable[..., Visit], pool: asyncpg.Pool
) -> None:
    person = arrives()
    await of_few_words(person)
    choices = choices_of((await person.progress()).open_question)
    assert await person.converses(Hasty(person, "Question 3", Line("2", "an earlier one"), "Question 4")) is None
    assert (await kept(pool, person))[-1] == choices[1]


async def test_a_number_typed_ahead_of_something_else_agrees_to_nothing(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    hasty = Hasty(person, Line("1", None), "Shall we begin?", "I need your consent first")
    assert await person.converses(hasty) is None
    assert (await person.progress()).answered == 0
    cry = Line("I want to kill myself.", None)
    assert await person.pipes("1", "/quit") is None
    person.sits_down()
    hasty = Hasty(person, "Question 1", cry, Line("1", None), "Are you safe right now?", "One thing first")
    assert await person.converses(hasty) is None
    assert "glad you are safe" not in person.seen


async def test_a_number_typed_ahead_that_nothing_came_of_is_told_to_be_in_no_answer(
    arrives: Callable[..., Visit],
) -> None:
    person = arrives()
    await person.pipes("1")
    person.sits_down()
    await person.converses(Hasty(person, "Question 1", Line("/stop", None), Line("7", None), "leave it here"))
    assert "1 more line came after the end" in person.seen


async def test_who_goes_on_after_an_offer_may_still_choose(arrives: Callable[..., Visit]) -> None:
    screen = arrives().screen
    conversation = Conversation(None, screen, None)  # type: ignore[arg-type]  # nothing is sent or read
    answers = (AnswerChoice("I sing", "n"), AnswerChoice("I walk", "n"))
    screen.offer((*answers, Choice.HELP, Choice.GO_ON, Choice.PAUSE))
    await conversation._handle(Line("4", "n"), screen.choices)
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
