"""A crisis comes before everything else: support at once, nothing that analyses, then gentle ground or rest."""

from __future__ import annotations

import asyncpg
import pytest
from temporalio.testing import TimeSkipper

from schema.deliveries import ConsentRequest, CrisisSupport, Feedback, Paused, Question
from schema.onboarding.bank import BankQuestion
from schema.vocabulary import CrisisKind, Energy, Locale, Status
from tests.people.person import People
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine

SAYS = {Locale.EN: "I don't want to live anymore.", Locale.RU: "Я больше не хочу жить."}


@pytest.mark.parametrize("locale", list(Locale))
async def test_support_comes_at_once_and_the_next_question_is_fit(
    people: People, bank: list[BankQuestion], locale: Locale
) -> None:
    person = people.person(locale)
    await person.begins()
    await person.says(SAYS[locale])
    support = await person.sees(CrisisSupport)
    question = await person.sees(Question)
    assert support.crisis is CrisisKind.SELF_HARM
    (chosen,) = (q for q in bank if q.id == question.question_id)
    assert CrisisKind.SELF_HARM in chosen.after_crisis
    assert not any(isinstance(m, Feedback) for m in person.seen)
    assert await person.kept_texts() == [SAYS[locale]]


async def test_the_second_time_the_session_rests_and_the_person_may_go_on(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says(SAYS[Locale.EN])
    await person.sees(Question)
    await person.says("I want to kill myself.")
    await person.sees(CrisisSupport)
    assert (await person.sees(Paused)).reason == "crisis"
    assert (await person.progress()).status is Status.PAUSED
    await person.resumes()
    assert (await person.sees(Question)).energy is Energy.HEALING


async def test_a_crisis_is_heard_even_before_consent(people: People) -> None:
    person = people.person()
    await person.starts()
    await person.sees(ConsentRequest)
    await person.says(SAYS[Locale.EN])
    await person.sees(CrisisSupport)
    assert await person.kept_texts() == []


async def test_a_crisis_in_words_added_to_an_old_answer_is_heard(people: People) -> None:
    person = people.person()
    first = await person.begins()
    await person.answers("I sleep badly.")
    await person.says(SAYS[Locale.EN], nonce=first.nonce)
    await person.sees(CrisisSupport)
    assert (await person.sees(Question)).energy is Energy.HEALING


async def test_a_crisis_written_while_the_session_ends_is_heard_and_kept(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, parts: Parts
) -> None:
    async with People(own_namespace, pool) as cast:
        person = cast.person()
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=True):
            await person.begins()
            assert await person.sees_nothing_more()
        # No worker runs, so both wait together: the end, and words that came after it.
        await person.stops()
        await person.says(SAYS[Locale.EN])
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=True):
            await person.sees(CrisisSupport)
            await person.outcome()
            assert await person.kept_texts() == [SAYS[Locale.EN]]
