"""What people really send: twice, fast, long, empty, in other scripts and languages. Nothing of it is lost."""

from __future__ import annotations

import pytest

from schema.deliveries import ConsentRequest, CrisisSupport, Feedback, Notice, NoticeCode, Question, Summary
from schema.onboarding.messages import ANSWER_LIMIT
from schema.text import clean
from schema.vocabulary import Locale
from tests.people.person import People, at_rest


async def test_the_same_message_delivered_twice_counts_once(people: People) -> None:
    person = people.person()
    await person.begins()
    update_id = await person.says("I like the quiet of the early morning.")
    await person.says("I like the quiet of the early morning.", update_id=update_id)
    await person.sees(Question)
    await person.says("I like the quiet of the early morning.", update_id=update_id)
    assert await person.sees_nothing_more()
    assert (await person.progress()).answered == 1
    assert await person.kept_texts() == ["I like the quiet of the early morning."]


async def test_two_messages_in_one_second_are_both_kept_and_count_as_one_answer(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says("I walk a lot.")
    await person.says("Mostly alone, by the river.")
    await person.sees(Feedback)
    await person.sees(Question)
    await at_rest(person.session)
    assert (await person.progress()).answered == 1
    assert await person.kept_texts() == ["I walk a lot.", "Mostly alone, by the river."]


async def test_a_tap_on_an_old_question_belongs_to_that_question(people: People) -> None:
    person = people.person()
    first = await person.begins()
    second = await person.answers("I like maps.")
    await person.says("And old globes, too.", nonce=first.nonce)
    assert (await person.sees(Notice)).code is NoticeCode.ADDED_TO_ANSWER
    progress = await person.progress()
    assert (progress.answered, progress.open_nonce) == (1, second.nonce)
    assert await person.kept_texts() == ["I like maps.", "And old globes, too."]


async def test_what_is_added_to_an_answer_is_part_of_it_wherever_answers_are_counted(people: People) -> None:
    person = people.person(min_questions=1)
    first = await person.begins()
    await person.answers("I love art, new ideas and imagination.")
    await person.says("I am curious about new ideas and imagination.", nonce=first.nonce)
    await person.sees(Notice)
    await person.is_analysed(2)
    await person.stops()
    summary = await person.sees(Summary)
    assert (summary.answers, summary.profile.answers) == (1, 1)
    assert {level.evidence for level in summary.profile.traits} == {1}


@pytest.mark.parametrize("empty", ["", "   ", "\n\t"])
async def test_an_empty_answer_is_kindly_asked_again(people: People, empty: str) -> None:
    person = people.person()
    question = await person.begins()
    await person.says(empty)
    assert (await person.sees(Notice)).code is NoticeCode.EMPTY_ANSWER
    progress = await person.progress()
    assert (progress.answered, progress.open_nonce) == (0, question.nonce)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Я люблю тишину раннего утра. " * 138, id="4,000 characters"),
        pytest.param("🌊🏄‍♀️🔥😂👩‍👩‍👧‍👦🇷🇺", id="emoji"),
        pytest.param("אני אוהב את השקט של הבוקר", id="right-to-left"),
        pytest.param("أحب هدوء الصباح الباكر\u200f", id="Arabic"),
        pytest.param("I like <b>bold</b> & {braces} %s $1 'quotes' \\ and \x00 NUL", id="markup"),
    ],
)
async def test_any_text_is_an_answer_and_gets_a_reaction(people: People, text: str) -> None:
    assert len(text) <= ANSWER_LIMIT + 10
    person = people.person()
    await person.begins()
    await person.says(text)
    feedback = await person.sees(Feedback)
    await person.sees(Question)
    assert feedback.text.strip()
    assert await person.kept_texts() == [clean(text)]


async def test_nothing_that_nobody_sees_keeps_an_answer_from_being_kept_or_a_cry_from_being_heard(
    people: People,
) -> None:
    person = people.person()
    await person.begins()
    await person.says("I like maps.", update_id="17\x00")
    await person.sees(Question)
    await person.says("I want to k\u2063i\u2063ll my\u00adself")
    await person.sees(CrisisSupport)
    assert await person.kept_texts() == ["I like maps.", "I want to kill myself"]


async def test_an_answer_in_the_other_language_gets_a_reaction_in_that_language(people: People) -> None:
    person = people.person(Locale.EN)
    await person.begins()
    await person.says("Больше всего я люблю тихие вечера с семьёй, когда никто никуда не спешит.")
    feedback = await person.sees(Feedback)
    question = await person.sees(Question)
    assert any("а" <= letter <= "я" for letter in feedback.text.lower())
    assert not any("а" <= letter <= "я" for letter in question.text.lower())


async def test_a_text_before_the_first_question_waits_for_consent(people: People) -> None:
    person = people.person()
    await person.starts()
    await person.sees(ConsentRequest)
    await person.says("hello")
    assert (await person.sees(Notice)).code is NoticeCode.CONSENT_FIRST
