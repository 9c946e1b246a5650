"""A return begins with one thing that the person said, in their words."""

from __future__ import annotations

import asyncpg
import pytest

from activities.onboarding.recalling import Recalled, recalled
from schema.deliveries import Question, WelcomeBack
from schema.onboarding.returns import QUOTE, load_returns
from schema.vocabulary import Locale
from tests.people.person import People

MACHINES = "Мой MacBook, Photoshop, Illustrator, Figma всегда рядом"
QUOTED = [
    ("Yes. I paint small boats on Sunday mornings. It calms.", "I paint small boats on Sunday mornings", False),
    ("Я рисую лодки по воскресеньям утром.", "Я рисую лодки по воскресеньям утром", False),
    ("The weather was fine that day.\nMy sister calls me every evening", "My sister calls me every evening", False),
    ("I like tea with lemon a lot. My mother died in March.", "My mother died in March", True),
    ("У меня всё по-старому дома. Моя мама умерла в марте.", "Моя мама умерла в марте", True),
    ("Though my days are long, our garden is a mess. Mine is the kitchen table.", "Mine is the kitchen table", False),
    ("Хорошо. Мой MacBook, Photoshop, Illustrator, Figma всегда рядом.", MACHINES, False),
]
LEFT_ALONE = [
    "Nothing.",
    "No idea at all, really.",
    "I am happy at home. But no longer.",
    "Я люблю свою работу очень. Но больше не могу.",
    "But I never told my brother.",
    "What would I do without my dog?",
    "I love my job so much!",
    "I want to kill myself. I paint small boats on Sunday mornings.",
    "My number is 8 800 200 01 22 and I wait",
    "I told them “never again” and I left",
    "I put it on when nobody's here.",
    "Рисую дома по вечерам. У меня Photoshop, Illustrator, InDesign, Lightroom, Figma, её люблю.",
    "Although my mother died in March.",
    "Однако моя мама умерла в марте.",
    "Which was my happiest summer by the sea.",
    "I adore my boss with all of my heart. Kidding.",
    "I " + "really " * 15 + "like it.",
]


@pytest.mark.parametrize(("answer", "quote", "grief"), QUOTED)
def test_one_whole_sentence_of_one_s_own_is_taken_up(answer: str, quote: str, *, grief: bool) -> None:
    assert recalled([answer], Locale.EN) == Recalled(position=0, quote=quote, grief=grief)
    assert quote in answer


@pytest.mark.parametrize("answer", LEFT_ALONE)
def test_what_is_not_worth_it_or_would_hurt_is_left_alone(answer: str) -> None:
    assert recalled([answer], Locale.EN) is None


@pytest.mark.parametrize("locale", Locale)
def test_the_language_is_that_of_the_answers_whatever_the_session_s_is_now(locale: Locale) -> None:
    found = recalled(["My maps: Lisbon, Porto, Braga, Coimbra, Faro, Evora.", "I paint boats and I like it."], locale)
    assert found == Recalled(position=0, quote="My maps: Lisbon, Porto, Braga, Coimbra, Faro, Evora", grief=False)


def test_a_loss_comes_before_what_is_newer() -> None:
    found = recalled(["I paint small boats on Sunday mornings.", "My mother died in March."], Locale.EN)
    assert found is not None
    assert (found.position, found.grief) == (1, True)


def test_of_who_joked_all_along_only_what_was_meant_is_taken_up() -> None:
    jokes = ["I adore queues, obviously.", "I live for meetings. Kidding.", "I sleep in a yacht on Sundays mostly."]
    assert recalled(jokes, Locale.EN) is None
    found = recalled([*jokes, "Honestly, I miss having my sister near."], Locale.EN)
    assert found is not None
    assert found.position == 3


def test_every_wording_has_its_place_for_the_words_and_some_are_for_a_loss() -> None:
    for question in load_returns():
        assert question.ru.count(QUOTE) == question.en.count(QUOTE) == 1
        assert QUOTE not in question.without_quote.ru + question.without_quote.en
    assert {question.grief for question in load_returns()} == {True, False}


async def test_who_comes_back_is_asked_about_their_own_words(people: People, pool: asyncpg.Pool) -> None:
    anna = people.person(min_questions=1)
    first = await anna.begins()
    assert not first.recalls
    await anna.answers("Yes. I paint small boats on Sunday mornings.")
    await anna.stops()
    await anna.outcome()
    await anna.starts()
    await anna.sees(WelcomeBack)
    question = await anna.sees(Question)
    assert question.recalls
    assert "“I paint small boats on Sunday mornings”" in question.text
    # The words stand in the answer and in no other table.
    assert await pool.fetchval(
        "SELECT text_en FROM onboarding_system.questions WHERE question_id = $1", question.question_id
    )
    assert not await pool.fetchval("SELECT count(*) FROM onboarding_system.questions WHERE text_en LIKE '%boats%'")
    await anna.chooses(Locale.RU)
    russian = await anna.sees(Question)
    assert "«I paint small boats on Sunday mornings»" in russian.text
    await anna.skips()
    other = await anna.sees(Question)
    assert not other.recalls


@pytest.mark.parametrize("said", ["Nothing.", "I want to kill myself. I paint small boats on Sunday mornings."])
async def test_who_said_nothing_to_take_up_or_was_in_danger_is_asked_as_before(people: People, said: str) -> None:
    anna = people.person(min_questions=1)
    await anna.begins()
    await anna.says(said)
    await anna.stops()
    await anna.outcome()
    await anna.starts()
    await anna.sees(WelcomeBack)
    assert not (await anna.sees(Question)).recalls
