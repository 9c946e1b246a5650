"""The coach in a terminal: after the session the person goes on talking, until they leave."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from gateway.presentation.texts.texts import Texts
from gateway.terminal.conversation import PersonErased
from gateway.terminal.inbound.keyboard import Line
from schema.vocabulary import Locale, Status
from tests.people.visit import Visit, in_order, joined
from tests.talks import replies_to

Replies = Callable[[Visit], Awaitable[list[str]]]

ANSWERS = (
    "I love trying new things, last summer I learned to sail and felt so curious and alive.",
    "My sister and I talk every evening, she calms me when I worry about my work.",
    "I plan my week on Sunday and feel proud when I finish what I promised to myself.",
)
TROUBLE = "Work is hard, my boss calls at night."
ANOTHER = "My sister moves to another town."
DANGER = "I want to kill myself."


@pytest.fixture
def replies(pool: asyncpg.Pool) -> Replies:
    """Reads the beginnings of the coach's replies to a person, oldest first."""

    async def read(person: Visit) -> list[str]:
        return [" ".join(reply.split())[:40] for reply in await replies_to(pool, person.visitor.user_ref)]

    return read


async def test_after_the_summary_the_coach_replies(arrives: Callable[..., Visit], replies: Replies) -> None:
    person = arrives(planned_questions=3)
    outcome = await person.pipes("1", *ANSWERS, TROUBLE, ANOTHER)
    assert outcome is not None
    assert (outcome.status, outcome.answers) == (Status.COMPLETED, 3)
    texts = Texts(Locale.EN)
    first, second = await replies(person)
    said = [
        texts.say("summary-title"),
        texts.say("coach-invitation")[:40],
        f"› {TROUBLE}",
        first,
        f"› {ANOTHER}",
        second,
    ]
    assert in_order(joined(person.seen), said)
    # Once, not below every reply.
    assert person.seen.count(texts.say("coach-offline")) == 1


async def test_who_has_finished_goes_on_with_the_coach_and_begins_new_questions_when_they_like(
    arrives: Callable[..., Visit], replies: Replies
) -> None:
    person, texts = arrives(planned_questions=3), Texts(Locale.EN)
    await person.pipes("1", *ANSWERS)
    assert await person.pipes(TROUBLE) is None
    [reply] = await replies(person)
    assert in_order(joined(person.seen), [texts.say("notice-coach-goes-on")[:30], f"› {TROUBLE}", reply])
    assert "Question 1" not in person.seen
    await person.pipes("/start", "/stop")
    assert in_order(joined(person.seen), [texts.say("notice-coach-goes-on")[:30], "Question 1", "no more questions"])


async def test_in_a_rest_the_coach_replies_and_the_question_waits(
    arrives: Callable[..., Visit], replies: Replies
) -> None:
    person, texts = arrives(planned_questions=3), Texts(Locale.EN)
    await person.pipes("1", "/pause", TROUBLE, "/new", ANOTHER, "/resume", ANSWERS[0])
    first, second = await replies(person)
    said = [f"› {TROUBLE}", first, texts.say("notice-topic-begun")[:30], second, "Question 1", "Question 2 of about 3"]
    assert in_order(joined(person.seen), said)
    assert (await person.progress()).answered == 1


async def test_what_is_said_about_the_last_reply(arrives: Callable[..., Visit], replies: Replies) -> None:
    person = arrives()
    await person.pipes("1", "/stop", "/differently", TROUBLE, "/differently", "/notquite", ANOTHER, "/enough")
    said = await replies(person)
    assert len(said) == 5
    texts = Texts(Locale.EN)
    assert in_order(joined(person.seen), [texts.say("not-quite-nothing"), said[0], "/differently — say it", *said[1:]])


async def test_another_topic_begins_once_no_question_is_open(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("1", "/new", "/stop", TROUBLE, "/new", ANOTHER)
    texts = Texts(Locale.EN)
    said = ["topic-later", "goodbye-stopped", "coach-offline", "notice-topic-begun"]
    assert in_order(joined(person.seen), [*(texts.say(key)[:40] for key in said), f"› {ANOTHER}"])


async def test_questions_begin_again_and_end_again(arrives: Callable[..., Visit]) -> None:
    person = arrives(planned_questions=5)
    assert await person.pipes("1", "/stop", TROUBLE, "/start", ANSWERS[0]) is None
    assert in_order(
        joined(person.seen),
        ["no more questions", f"› {TROUBLE}", "Welcome back", "Question 1", "Question 2 of about 5"],
    )
    assert (await person.progress()).answered == 1
    assert await person.pipes("/stop", ANOTHER) is not None
    assert in_order(joined(person.seen), ["no more questions", f"› {ANOTHER}"])


async def test_what_only_a_session_can_do_is_said_to_need_one_and_plain_words_are_replied_to(
    arrives: Callable[..., Visit], replies: Replies
) -> None:
    person = arrives()
    await person.pipes("1", "/stop", "/skip", "/pause", "enough for today", "/stop")
    assert joined(person.seen).count(Texts(Locale.EN).say("no-session")[:40]) == 3
    assert len(await replies(person)) == 1


async def test_a_language_is_chosen_without_a_session(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("1", "/stop", "/language ru", "/help", "/skip")
    assert in_order(person.seen, ["Теперь говорим по-русски", "Просто отвечайте", "Вопросов сейчас нет"])


async def test_danger_is_answered_by_support_and_one_says_by_number_that_one_is_safe(
    arrives: Callable[..., Visit],
) -> None:
    person = arrives()
    await person.pipes("1", "/stop", DANGER, "1", TROUBLE, DANGER, "2")
    keys = ("crisis-contacts", "safety-question", "notice-safe", "coach-offline", "safety-question", "crisis-again")
    assert in_order(joined(person.seen), [Texts(Locale.EN).say(key)[:30] for key in keys])


async def test_an_erasure_takes_the_talk_with_it(arrives: Callable[..., Visit], replies: Replies) -> None:
    person = arrives()
    with pytest.raises(PersonErased):
        await person.pipes("1", "/stop", TROUBLE, "/delete", "2", "1")
    assert in_order(joined(person.seen), [f"› {TROUBLE}", "what we have talked about", "be brought back", "Done:"])
    assert await replies(person) == []


async def test_who_was_cut_off_by_an_operator_may_go_on_writing(arrives: Callable[..., Visit]) -> None:
    person, texts = arrives(), Texts(Locale.EN)

    class CutOff:
        typed = iter([Line(TROUBLE, None)])

        async def line(self) -> Line | None:
            await person.screen.turn.wait()
            if line := next(self.typed, None):
                await person.session.terminate()
                while texts.say("session-gone")[:40] not in joined(person.seen):
                    await asyncio.sleep(0.01)
            return line

        def unread_lines(self) -> list[str]:
            return []

    assert await person.converses(CutOff()) is None
    said = ["Shall we begin?", texts.say("session-gone")[:40], texts.say("notice-not-begun")[:40]]
    assert in_order(joined(person.seen), said)


async def test_what_is_remembered_is_seen_corrected_and_forgotten_by_numbers(
    arrives: Callable[..., Visit], replies: Replies
) -> None:
    person, texts = arrives(), Texts(Locale.EN)
    # The reply to the second text waits until the first is remembered.
    told = ("I live in Berlin.", "It rains today.")
    mended = ("/memory", "2", "I live in Lyon.", "Do you remember where I live?")
    await person.pipes("1", "/memory", "/stop", *told, *mended, "/memory", "1")
    seen = joined(person.seen)
    said = [
        texts.say("memory-none")[:40],
        "1. I live in Berlin",
        "Forget 1",
        "Correct 1",
        texts.say("memory-question", memory="I live in Berlin")[:40],
        texts.say("notice-memory-mended"),
        "› Do you remember where I live?",
        "I live in Lyon",
        "1. I live in Lyon",
        texts.say("memory-forgotten")[:40],
        texts.say("memory-none")[:40],
    ]
    assert in_order(seen, said)
