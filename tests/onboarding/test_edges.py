"""The edges of a session: before the first question, while something is on its way, and while it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.deliveries import (
    ConsentRequest,
    CrisisSupport,
    Goodbye,
    Notice,
    NoticeCode,
    Question,
    SafetyQuestion,
    Summary,
    WelcomeBack,
)
from schema.onboarding.messages import Arrival, ConsentAnswer, Gesture, SkipRequest
from schema.person import MORE_WITHIN, Channel
from schema.vocabulary import Locale, Status
from tests.people.person import PATIENCE, People, Person, at_rest
from tests.people.screens import Delay
from workflows.onboarding.message_order import asking_at

CRISIS = "I don't want to live anymore."


async def test_a_cry_for_help_between_consent_and_the_first_question_is_heard(people: People) -> None:
    person = people.person()
    await person.starts()
    await person.sees(ConsentRequest)
    people.screens.refused = Question
    await person.agrees()
    await person.says(CRISIS)
    await at_rest(person.session)
    people.screens.refused = None
    await person.sees(CrisisSupport)
    await person.sees(SafetyQuestion)


async def test_who_returns_and_cries_for_help_before_the_first_question_is_heard(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers("I love the sea and long walks with my dog.")
    await person.stops()
    await person.outcome()
    person.glances().clear()
    people.screens.refused = WelcomeBack
    await person.starts()
    await person.says(CRISIS)
    await at_rest(person.session)
    people.screens.refused = None
    await person.sees(CrisisSupport)
    await person.sees(SafetyQuestion)


async def test_a_cry_for_help_waits_behind_no_delivery(people: People) -> None:
    person = people.person()
    await person.begins()
    people.screens.delays[person.name] = Delay(Question)
    await person.answers("I like the sea.")
    await person.says("It was a long day.")
    await person.says(CRISIS)
    # Nobody has confirmed the question yet.
    await person.sees(CrisisSupport)
    people.screens.release(person.name)


async def test_a_text_from_before_the_first_question_is_answered_as_such(people: People) -> None:
    person = people.person()
    person.names_questions = False
    await person.starts()
    await person.sees(ConsentRequest)
    people.screens.silent[person.name] = asyncio.Event()
    await person.agrees()
    await person.says("Hello, I am a little nervous.")
    await at_rest(person.session, people.screens)
    people.screens.release(person.name)
    await person.sees(Question)
    assert (await person.sees(Notice)).code is NoticeCode.CAME_BEFORE_QUESTION
    assert await person.kept_texts() == []
    assert await person.sees_nothing_more()


async def test_the_same_words_sent_twice_are_one_answer(people: People) -> None:
    person = people.person()
    person.names_questions = False
    await person.begins()
    people.screens.silent[person.name] = asyncio.Event()
    await person.says("I like the sea.")
    await at_rest(person.session, people.screens)
    await person.says("I like the sea. ")
    people.screens.release(person.name)
    await person.sees(Question)
    assert await person.sees_nothing_more()
    assert await person.kept_texts() == ["I like the sea."]


async def test_a_cry_for_help_is_never_heard_too_often(people: People) -> None:
    person = people.person()
    question = await person.begins()
    await person.says(CRISIS)
    await person.sees(SafetyQuestion)
    await person.says(CRISIS, nonce=question.nonce)
    await person.sees(CrisisSupport)


async def test_the_parts_of_a_letter_are_one_answer_to_what_the_first_part_names(people: People) -> None:
    person = people.person()
    first = await person.begins()
    await person.answers("I like the sea.")
    person.names_questions = False
    await person.says("It begins like this", nonce=first.nonce, more_expected=True)
    await at_rest(person.session)
    await person.says("and ends like that.")
    assert (await person.sees(Notice)).code is NoticeCode.ADDED_TO_ANSWER
    progress = await person.progress()
    assert (progress.answered, await person.kept_texts()) == (
        1,
        ["I like the sea.", "It begins like this", "and ends like that."],
    )


async def test_a_letter_that_nothing_follows_is_an_answer(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says("It begins like this", more_expected=True)
    await at_rest(person.session)
    await person.is_silent_for(MORE_WITHIN)
    await person.sees(Question)


@pytest.mark.parametrize("state", ["consent", "ending"])
async def test_a_cry_for_help_that_was_cut_in_two_is_heard(people: People, state: str) -> None:
    person = people.person()
    if state == "ending":
        person = await ending(people)
    else:
        await person.starts()
        await person.sees(ConsentRequest)
    await person.says("Everything is grey. I want to kill", more_expected=True)
    await at_rest(person.session)
    await person.says("myself.")
    await person.sees(CrisisSupport)


@pytest.mark.parametrize("signal", ["skip", "pause", "stop"])
async def test_four_taps_on_a_button_are_one(people: People, signal: str) -> None:
    person = people.person()
    question = await person.begins()
    tap = SkipRequest(nonce=question.nonce) if signal == "skip" else Gesture(nonce=question.nonce)
    before = len(person.glances())
    for _ in range(4):
        await person.does(signal, tap)
    await at_rest(person.session)
    seen = [message.kind for message in person.glances()[before:]]
    assert seen == {"skip": ["notice", "question"], "pause": ["paused"], "stop": ["goodbye"]}[signal]


async def test_four_taps_on_an_old_button_bring_one_notice(people: People) -> None:
    person = people.person()
    first = await person.begins()
    await person.answers("I like the sea.")
    for _ in range(4):
        await person.does("skip", SkipRequest(nonce=first.nonce))
    assert (await person.sees(Notice)).code is NoticeCode.BUTTON_IS_OLD
    assert await person.sees_nothing_more()


async def test_four_times_yes_begin_once(people: People) -> None:
    person = people.person()
    await person.starts()
    nonce = (await person.sees(ConsentRequest)).nonce
    for _ in range(4):
        await person.does("answer_consent", ConsentAnswer(granted=True, nonce=nonce))
    await person.sees(Question)
    assert await person.sees_nothing_more()


async def test_who_taps_a_button_has_seen_its_question(people: People) -> None:
    person = people.person()
    await person.begins()
    people.screens.delays[person.name] = Delay(Question)
    second = await person.answers("I like the sea.")
    await person.does("skip", SkipRequest(nonce=second.nonce))
    # Nobody has confirmed the second question yet.
    assert (await person.sees(Notice)).code is NoticeCode.SKIPPED
    assert (await person.sees(Question)).nonce != second.nonce
    people.screens.release(person.name)


async def test_a_button_tells_that_its_question_came_after_a_text_that_still_waits(people: People) -> None:
    person = people.person()
    person.names_questions = False
    await person.begins()
    people.screens.delays[person.name] = Delay(Question)
    await person.says("I like the sea.")
    before = person.number()
    second = await person.sees(Question)
    await person.says("And the lake.", message_id=before)
    await person.does("skip", SkipRequest(nonce=second.nonce, message_id=str(int(before) + 1)))
    assert (await person.sees(Notice)).code is NoticeCode.ADDED_TO_ANSWER
    assert (await person.sees(Notice)).code is NoticeCode.SKIPPED
    assert (await person.sees(Question)).nonce != second.nonce
    assert await person.kept_texts() == ["I like the sea.", "And the lake."]
    people.screens.release(person.name)


async def test_who_comes_by_another_door_does_not_wait_for_the_first(people: People) -> None:
    person = people.person()
    question = await person.begins()
    people.screens.refused = Question
    await person.says("I like the sea.")
    await at_rest(person.session)
    door = people.person()
    people.screens.refused = None
    people.screens.silent[person.name] = asyncio.Event()
    channel = Channel(task_queue=person.channel.task_queue, address=door.name)
    await person.does("arrive", Arrival(channel=channel))
    shown = await door.sees(Question)
    assert shown.nonce != question.nonce
    people.screens.release(person.name)


@pytest.fixture(autouse=True)
def the_channel_is_back(people: People) -> Iterator[None]:
    yield
    people.screens.refused = None


async def ending(people: People, locale: Locale = Locale.EN) -> Person:
    """Somebody whose summary waits for the channel."""
    person = people.person(locale, planned_questions=9)
    await person.begins()
    for text in ("My work is quiet.", "I sing in a choir.", "I like the sea."):
        await person.answers(text)
    people.screens.refused = Summary
    await person.stops()
    await at_rest(person.session)
    return person


async def test_a_start_while_a_session_ends_begins_the_next_with_the_summary_of_this_one(people: People) -> None:
    person = await ending(people)
    with people.env.with_time_skipping_disabled():
        await person.starts()
        await at_rest(person.session)
        people.screens.refused = None
        await person.sees(Summary)
        await person.sees(WelcomeBack)
        await person.sees(Question)
    assert (await person.progress()).status is Status.ACTIVE


async def test_what_is_written_after_that_start_belongs_to_the_next_session(people: People) -> None:
    person = await ending(people)
    person.names_questions = False
    with people.env.with_time_skipping_disabled():
        await person.starts()
        await person.says("Here I am again.")
        await at_rest(person.session)
        people.screens.refused = None
        await person.sees(Question)
        assert (await person.sees(Notice)).code is NoticeCode.CAME_BEFORE_QUESTION


async def test_a_language_chosen_while_a_session_ends_is_kept(people: People, pool: asyncpg.Pool) -> None:
    person = await ending(people)
    await person.chooses(Locale.RU)
    await at_rest(person.session)
    people.screens.refused = None
    await person.outcome()
    kept = await pool.fetchval("SELECT locale FROM onboarding_system.people WHERE user_ref = $1", person.user_ref)
    assert kept == "ru"


async def test_a_cry_for_help_does_not_wait_behind_a_summary(people: People) -> None:
    person = await ending(people)
    await person.says(CRISIS)
    await person.sees(CrisisSupport)
    people.screens.refused = None
    await person.sees(Summary)


async def test_a_session_that_waits_for_its_farewell_is_over_for_operators(people: People, pool: asyncpg.Pool) -> None:
    person = await ending(people)
    row = await pool.fetchval("SELECT status FROM onboarding_system.sessions WHERE user_ref = $1", person.user_ref)
    found = (await person.session.describe()).typed_search_attributes
    attributes = {pair.key.name: pair.value for pair in found}
    assert (row, attributes["SelfologyStatus"], attributes["SelfologyStage"]) == ("COMPLETED", "COMPLETED", "SUMMARY")
    people.screens.refused = None
    await person.outcome()


async def test_a_goodbye_in_another_language_than_the_session_began(people: People) -> None:
    person = people.person()
    await person.begins()
    people.screens.silent[person.name] = asyncio.Event()
    await person.stops()
    await person.chooses(Locale.RU)
    people.screens.release(person.name)
    await person.sees(Goodbye)
    await asyncio.wait_for(person.session.result(), PATIENCE)
    kept = await people.pool.fetchval(
        "SELECT locale FROM onboarding_system.people WHERE user_ref = $1", person.user_ref
    )
    assert kept == "ru"


IDS = st.none() | st.integers(1, 30).map(str)


@given(st.dictionaries(st.text("abcdef", min_size=8, max_size=8), IDS, max_size=6), st.integers(0, 6), IDS)
def test_a_text_belongs_to_no_question_that_came_after_it(
    sends: dict[str, str | None], begun: int, message_id: str | None
) -> None:
    asking = asking_at(sends, begun, message_id)
    heard_after = list(sends.items())[:begun]
    may_be_meant = [
        nonce for nonce, shown in heard_after if not (shown and message_id) or int(shown) <= int(message_id)
    ]
    assert asking == (may_be_meant[-1] if may_be_meant else None)
