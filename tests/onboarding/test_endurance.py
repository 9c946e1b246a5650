"""Sessions outlive their workers and, if need be, their own history."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
from temporalio.testing import TimeSkipper

from schema.deliveries import Notice, Question, Summary
from tests import servers
from tests.people.person import PATIENCE, People
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine


async def test_a_session_that_continues_as_new_loses_nothing(pool: asyncpg.Pool, parts: Parts) -> None:
    async with (
        servers.temporal("limit.historyCount.suggestContinueAsNew=60") as env,
        workers_of(env.client, parts, Engine(), sandbox=False),
        People(env, pool) as cast,
    ):
        person = cast.person(planned_questions=7)
        await person.begins()
        first_run = (await person.session.describe()).run_id
        texts = [f"I like rivers, and this is the river number {n}." for n in range(7)]
        for text in texts[:6]:
            await person.answers(text)
        # A session renews itself in a moment of rest.
        async with asyncio.timeout(PATIENCE):
            while (await person.session.describe()).run_id == first_run:
                await asyncio.sleep(0.05)
        assert (await person.progress()).answered == 6
        await person.says(texts[6])
        summary = await person.sees(Summary)
        outcome = await person.outcome()
        asked = [m.question_id for m in person.seen if isinstance(m, Question)]
        assert summary.answers == outcome.answers == 7
        assert len(asked) == len(set(asked)) == 7
        assert await person.kept_texts() == texts
        # The last may have been left to DeferredAnalysis.
        await person.is_analysed(7)


async def test_what_is_said_while_no_worker_runs_is_taken_when_one_starts(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, parts: Parts
) -> None:
    async with People(own_namespace, pool) as cast:
        person = cast.person()
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            await person.begins()
        await person.says("The first thing I want to say.")
        await person.says("And a second one.")
        await person.pauses()
        await person.resumes()
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            await person.sees(Notice)
            assert (await person.sees(Question)).number == 2
            assert await person.kept_texts() == ["The first thing I want to say.", "And a second one."]
            assert (await person.progress()).answered == 1


async def test_a_worker_that_takes_over_replays_and_goes_on(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, parts: Parts
) -> None:
    async with People(own_namespace, pool) as cast:
        person = cast.person()
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            await person.begins()
            await person.answers("I like rivers.")
        async with workers_of(own_namespace.client, parts, Engine(), sandbox=False):
            assert (await person.answers("And lakes.")).number == 3
            await person.is_silent_for(timedelta(minutes=5))
            assert await person.analyses() == 2
