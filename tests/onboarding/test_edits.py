"""A person changes a message: in time it was written like that, later the answer stands and a crisis is still heard."""

from __future__ import annotations

import asyncpg
from temporalio.testing import TimeSkipper

from schema.deliveries import ConsentRequest, CrisisSupport, Feedback, Notice, NoticeCode, Question, SafetyQuestion
from schema.vocabulary import CrisisKind, Energy
from tests.people.person import People
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine

CRISIS = "I don't want to live anymore."


async def test_a_message_that_still_waits_is_taken_as_it_was_changed(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, parts: Parts
) -> None:
    async with People(own_namespace, pool) as cast:
        person = cast.person()
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            await person.begins()
            assert await person.sees_nothing_more()
        # No worker runs, so both messages wait.
        await person.says("I like rivres.", message_id="1")
        await person.says("And lakes.", message_id="2")
        await person.edits("1", "I like rivers.")
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            await person.sees(Feedback)
            await person.sees(Question)
            assert await person.kept_texts() == ["I like rivers.", "And lakes."]
            assert (await person.progress()).answered == 1
            assert not any(isinstance(m, Notice) for m in person.seen)


async def test_an_edit_of_an_answer_that_was_taken_changes_nothing_and_says_so(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says("I like rivres.", message_id="1")
    question = await person.sees(Question)
    await person.edits("1", "I like rivers.")
    assert (await person.sees(Notice)).code is NoticeCode.EDIT_CAME_LATE
    assert await person.sees_nothing_more()
    progress = await person.progress()
    assert (progress.answered, progress.open_nonce) == (1, question.nonce)
    assert await person.kept_texts() == ["I like rivres."]


async def test_a_crisis_in_a_late_edit_is_heard(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says("I am fine.", message_id="1")
    await person.sees(Question)
    await person.edits("1", CRISIS)
    assert (await person.sees(CrisisSupport)).crisis is CrisisKind.SELF_HARM
    await person.taps("safe", (await person.sees(SafetyQuestion)).nonce)
    assert (await person.sees(Question)).energy is Energy.HEALING
    assert await person.sees_nothing_more()
    assert await person.kept_texts() == ["I am fine."]


async def test_an_edit_before_consent_is_not_kept_but_a_crisis_in_it_is_heard(people: People) -> None:
    person = people.person()
    await person.starts()
    await person.sees(ConsentRequest)
    await person.says("Who are you?", message_id="1")
    assert (await person.sees(Notice)).code is NoticeCode.CONSENT_FIRST
    await person.edits("1", "What are you?")
    assert (await person.sees(Notice)).code is NoticeCode.CONSENT_FIRST
    await person.edits("1", CRISIS)
    await person.sees(CrisisSupport)
    await person.taps("safe", (await person.sees(SafetyQuestion)).nonce)
    await person.sees(ConsentRequest)
    await person.agrees()
    await person.sees(Question)
    assert await person.kept_texts() == []


async def test_a_crisis_in_an_edit_while_the_session_ends_is_heard(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, parts: Parts
) -> None:
    async with People(own_namespace, pool) as cast:
        person = cast.person()
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            await person.begins()
            await person.says("I am fine.", message_id="1")
            await person.sees(Question)
            assert await person.sees_nothing_more()
        # No worker runs, so both wait together: the end, and the edit that came after it.
        await person.stops()
        await person.edits("1", CRISIS)
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            await person.sees(CrisisSupport)
            await person.outcome()
