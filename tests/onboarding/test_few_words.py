"""Who answers in few words is offered choices, and may always write instead."""

from __future__ import annotations

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.testing import TimeSkipper

from schema.deliveries import CrisisSupport, Feedback, Notice, NoticeCode, Question, WelcomeBack
from schema.onboarding.activities import AskedQuestion
from schema.vocabulary import CrisisKind, Energy, Locale, Strategy
from tests.onboarding.test_rules import START, answer
from tests.onboarding.test_smart_mix import AN_ANSWER, BANK, BY_ID, NOTHING, asked_as, request
from tests.people.person import People, Person
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine
from workflows.onboarding.rules import fatigue, smart_mix, trust
from workflows.onboarding.rules.choices import is_choice
from workflows.onboarding.rules.eligibility import Background
from workflows.onboarding.rules.next_step import next_step
from workflows.onboarding.rules.terseness import FEW_WORDS, is_terse

FEW, MORE = answer(words=FEW_WORDS), answer(words=FEW_WORDS + 1)
CHOSEN = answer(words=6, chosen=True)
WORDS = st.sampled_from(["I sing", "I walk", "I rest"])
NO_ANSWERS = st.lists(st.sampled_from([answer(outcome="skipped"), answer(outcome="withdrawn")]), max_size=3)
ANSWERS = st.lists(st.sampled_from([FEW, MORE, CHOSEN]), max_size=8)


@pytest.mark.parametrize(
    ("asked", "terse"),
    [
        ([], False),
        ([FEW], False),
        ([FEW, FEW], True),
        ([FEW, MORE, FEW], True),
        ([MORE, MORE, FEW], False),
        ([FEW, FEW, MORE], False),
        ([FEW, FEW, CHOSEN, CHOSEN, CHOSEN], True),
        ([CHOSEN, CHOSEN, CHOSEN], False),
        ([FEW, answer(words=1, crisis=True)], False),
        ([FEW, answer(words=1, concern=True)], False),
    ],
)
def test_two_of_the_last_three_answers_of_few_words(asked: list[AskedQuestion], terse: bool) -> None:
    assert is_terse(asked) is terse


@given(ANSWERS)
def test_an_answer_of_more_words_ends_it(asked: list[AskedQuestion]) -> None:
    assert not is_terse([*asked, MORE])


@given(ANSWERS, st.integers(0, 8), NO_ANSWERS)
def test_what_is_no_answer_says_nothing(asked: list[AskedQuestion], place: int, more: list[AskedQuestion]) -> None:
    assert is_terse([*asked[:place], *more, *asked[place:]]) == is_terse(asked)


@given(ANSWERS, st.integers(0, 8))
def test_a_choice_says_nothing_of_how_somebody_writes(asked: list[AskedQuestion], place: int) -> None:
    assert is_terse([*asked[:place], CHOSEN, *asked[place:]]) == is_terse(asked)


@given(ANSWERS)
def test_choices_neither_tire_nor_earn_trust(asked: list[AskedQuestion]) -> None:
    own = [a for a in asked if not a.chosen]
    assert trust.points_of(asked) == trust.points_of(own)
    assert fatigue.score(asked, START, START) == fatigue.score(own, START, START)


@given(st.lists(AN_ANSWER, min_size=15, max_size=15), st.integers(3, 15), st.sampled_from([None, *CrisisKind]))
def test_whoever_is_not_terse_gets_no_choices_and_the_rules_hold_for_who_is(
    answers: list[dict[str, object]], planned: int, danger: CrisisKind | None
) -> None:
    background = Background(dangers={q.id: [danger] for q in BANK} if danger else {})
    asked: list[AskedQuestion] = []
    for came_of_it in answers:
        step = next_step(request(asked, planned), BANK, background)
        if step.question is None or step.strategy is None:
            break
        question = BY_ID[step.question.question_id]
        assert step.question.choices == (question.choices_in(Locale.EN) if is_terse(asked) else [])
        assert question in smart_mix.pool(BANK, asked, background, step.trust, step.strategy)
        if step.strategy in (Strategy.CRISIS_CARE, Strategy.CLOSING):
            assert question.energy is Energy.HEALING
        if step.strategy is Strategy.CRISIS_CARE:
            assert not step.question.choices
        asked.append(asked_as(question, **{**came_of_it, "words": int(str(came_of_it["words"])) % 5}))


@given(WORDS, st.sampled_from("abc") | st.none(), st.dictionaries(st.sampled_from("ab"), st.lists(WORDS)))
def test_a_choice_is_what_was_offered_with_its_question(
    text: str, nonce: str | None, offered: dict[str, list[str]]
) -> None:
    if nonce in offered:
        assert is_choice(text, nonce, offered) is (text in offered[nonce])
    else:
        # Of an earlier session's question nobody knows here what it offered.
        assert is_choice(text, nonce, offered) is (nonce is not None)


def test_choices_weigh_less_than_an_energy_that_the_session_lacks() -> None:
    opening = next(q for q in BANK if q.energy is Energy.OPENING and q.choices)
    healing = next(q for q in BANK if q.energy is Energy.HEALING and not q.choices)
    asked = [asked_as(opening, outcome="answered", words=1)] * 4
    assert smart_mix.choose([opening, healing], asked, {}, "seed", easier=True) == healing


def test_a_person_of_few_words_gets_choices_for_the_rest_of_a_session_and_the_same_mix() -> None:
    mixes = []
    for words in (1, 30):
        energies = dict.fromkeys(Energy, 0)
        for person in range(20):
            asked: list[AskedQuestion] = []
            for place in range(12):
                step = next_step(request(asked).model_copy(update={"session_id": f"person-{person}"}), BANK, NOTHING)
                assert step.question
                assert bool(step.question.choices) is (words == 1 and place >= 2)
                question = BY_ID[step.question.question_id]
                energies[question.energy] += 1
                asked.append(asked_as(question, outcome="answered", words=words, sharing=0.03, quality=0.05))
        mixes.append(energies)
    terse, talkative = mixes
    assert all(abs(terse[energy] - talkative[energy]) / 240 < 0.1 for energy in Energy), mixes


async def of_few_words(person: Person) -> Question:
    """Answers two questions in a word each, and reads the third."""
    await person.begins()
    await person.answers("Tea.")
    question = await person.answers("Books.")
    assert 3 <= len(question.choices) <= 5
    return question


async def test_a_choice_is_an_answer(people: People) -> None:
    person = people.person()
    question = await of_few_words(person)
    await person.says(question.choices[1], chosen=True)
    feedback = await person.sees(Feedback)
    assert feedback.text
    # The reflection says which choice was taken; on words there is none.
    assert feedback.chosen == question.choices[1]
    assert [m.chosen for m in person.seen if isinstance(m, Feedback)] == [None, None, question.choices[1]]
    following = await person.sees(Question)
    assert (following.number, bool(following.choices)) == (4, True)
    assert await person.kept_texts() == ["Tea.", "Books.", question.choices[1]]
    await person.is_analysed(3)
    # An answer of more words ends it.
    wordy = await person.answers("I walk by the river with my sister every evening.")
    assert wordy.choices == []


async def test_who_writes_in_many_words_is_offered_no_choices(people: People) -> None:
    person = people.person()
    await person.begins()
    for _ in range(4):
        assert (await person.answers("I walk by the river with my sister every evening.")).choices == []


async def test_a_choice_of_an_earlier_question_changes_nothing(people: People) -> None:
    person = people.person()
    question = await of_few_words(person)
    following = await person.answers("I walk by the river with my sister every evening.")
    await person.says(question.choices[0], nonce=question.nonce, chosen=True)
    assert (await person.sees(Notice)).code is NoticeCode.CHOICE_CAME_LATE
    await person.says(question.choices[0], nonce="earlier", chosen=True)
    assert (await person.sees(Notice)).code is NoticeCode.CHOICE_CAME_LATE
    assert len(await person.kept_texts()) == 3
    assert (await person.progress()).open_nonce == following.nonce


async def test_what_no_question_offered_is_no_choice_and_heard_as_words(people: People) -> None:
    person = people.person()
    question = await of_few_words(person)
    await person.says("I walk by the river with my sister every evening.", nonce=question.nonce, chosen=True)
    assert (await person.sees(Feedback)).chosen is None
    following = await person.sees(Question)
    # Words of one's own end the choices.
    assert (following.number, following.choices) == (4, [])
    await person.says("Because of the river.", nonce=question.nonce, chosen=True)
    assert (await person.sees(Notice)).code is NoticeCode.ADDED_TO_ANSWER
    await person.says("I want to kill myself.", nonce=following.nonce, chosen=True)
    await person.sees(CrisisSupport)
    assert len(await person.kept_texts()) == 5


async def test_the_first_choice_counts_while_a_session_ends_too(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, parts: Parts
) -> None:
    async with People(own_namespace, pool) as cast:
        person = cast.person()
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            question = await of_few_words(person)
            assert await person.sees_nothing_more()
        # No worker runs, so all of this waits together.
        await person.stops()
        await person.says(question.choices[0], chosen=True)
        await person.pauses()
        await person.says(question.choices[1], chosen=True)
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            await person.outcome()
            assert await person.kept_texts() == ["Tea.", "Books.", question.choices[0]]


async def test_of_two_choices_tapped_in_a_row_the_first_counts(people: People) -> None:
    person = people.person()
    question = await of_few_words(person)
    for choice in question.choices[:2]:
        await person.says(choice, nonce=question.nonce, chosen=True)
    await person.sees(Question)
    assert await person.sees_nothing_more()
    assert await person.kept_texts() == ["Tea.", "Books.", question.choices[0]]


async def test_words_after_a_choice_are_added_to_it_and_end_the_choices(people: People) -> None:
    person = people.person()
    question = await of_few_words(person)
    await person.says(question.choices[0], chosen=True)
    assert (await person.sees(Question)).choices
    await person.says("Because it reminds me of my sister and the river.", nonce=question.nonce)
    assert (await person.sees(Notice)).code is NoticeCode.ADDED_TO_ANSWER
    await person.skips()
    assert (await person.sees(Question)).choices == []


async def test_another_language_shows_the_choices_of_that_language(people: People) -> None:
    person = people.person()
    question = await of_few_words(person)
    await person.chooses(Locale.RU)
    russian = await person.sees(Question)
    assert russian.choices == BY_ID[question.question_id].choices_in(Locale.RU)
    await person.pauses()
    await person.resumes()
    assert (await person.sees(Question)).choices == russian.choices


async def test_a_return_takes_up_no_choice_as_if_it_were_the_person_s_own_words(people: People) -> None:
    person = people.person(min_questions=1)
    question = await of_few_words(person)
    sentence = max(question.choices, key=len)
    await person.says(sentence, chosen=True)
    await person.sees(Question)
    await person.stops()
    await person.outcome()
    await person.starts()
    await person.sees(WelcomeBack)
    assert not (await person.sees(Question)).recalls
