"""More people than can be served at once: who is served first, and that nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from statistics import fmean

import asyncpg
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.testing import WorkflowEnvironment

from schema.deliveries import ConsentRequest, CrisisSupport, Feedback, Question
from tests import servers
from tests.people.person import PATIENCE, People, Person
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine

LOST = (EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)


async def test_in_a_channel_with_a_queue_people_in_talk_go_before_greetings_and_those_before_first_questions(
    workers: None, env: WorkflowEnvironment, pool: asyncpg.Pool
) -> None:
    # A channel that brings one thing at a time.
    cast = People(env, pool, at_a_time=1)
    in_talk, greeted, new, desperate = ([cast.person() for _ in range(5)] for _ in range(4))
    async with cast:
        for person in in_talk:
            await person.begins()
        for person in (*greeted, *desperate):
            await person.starts()
            await person.sees(ConsentRequest)

    # The channel is away, and what it will have to bring queues up, the least urgent first.
    for person in greeted:
        await person.agrees()
    await _something_comes_for(greeted)
    for person in new:
        await person.starts()
    await _something_comes_for(new)
    for person in in_talk:
        await person.says("I like walking by the river.")
    for person in desperate:
        await person.says("I don't want to live anymore.")
    await _something_comes_for([*in_talk, *desperate])

    before = len(cast.screens.delivered)
    async with cast:
        for people, what in (
            (in_talk, Feedback),
            (desperate, CrisisSupport),
            (new, ConsentRequest),
            (greeted, Question),
        ):
            for person in people:
                await person.sees(what)
    order = [delivery.address for delivery in list(cast.screens.delivered.values())[before:]]

    def place(people: list[Person]) -> float:
        return fmean(order.index(person.name) for person in people)

    # The last may still be on their way into the queue when the channel is back.
    assert max(place(in_talk), place(desperate)) < place(new) < place(greeted)


async def test_a_crowd_that_comes_in_a_moment_is_asked_and_no_workflow_task_is_done_twice(
    env: WorkflowEnvironment, pool: asyncpg.Pool, parts: Parts
) -> None:
    # Apart from the workers of other tests, which run in the sandbox: people are served without it.
    apart = await servers.namespace(env)
    async with workers_of(apart.client, parts, Engine(), sandbox=False), People(apart, pool) as cast:
        crowd = [cast.person() for _ in range(60)]
        await asyncio.gather(*(person.begins() for person in crowd))
        histories = await asyncio.gather(*(person.session.fetch_history() for person in crowd))
    assert not [event for history in histories for event in history.events if event.event_type in LOST]


async def _something_comes_for(people: list[Person]) -> None:
    """Waits until a delivery to each of them waits for their channel."""
    async with asyncio.timeout(PATIENCE):
        for person in people:
            while not any(p.activity_type.name == "deliver" for p in await _pending(person)):
                await asyncio.sleep(0.02)


async def _pending(person: Person) -> Sequence[PendingActivityInfo]:
    return (await person.session.describe()).raw_description.pending_activities
