"""A person asks for all of it to be removed: afterwards nothing leads to them, and they may start anew at once."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import asyncpg
import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, WorkflowEnvironment

from activities.qdrant.edge_store import EdgeStore
from schema.account.activities import PersonToSweep
from schema.account.names import SWEEP_ID
from schema.deliveries import ConsentRequest, Found, Notice, NoticeCode, Question
from schema.onboarding.activities import SessionOpened
from schema.person import PersonRef
from schema.vocabulary import Locale, Status
from tests.account.traces import is_erased, rows_about, swept
from tests.people.person import PATIENCE, People, Person
from tests.vectors import served
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine
from workflows import policies

SECRET = "zelkova"
"""A word of each answer here, by which it would be found."""


@pytest.fixture(scope="module")
async def vectors(env: WorkflowEnvironment, workers: None, worker_pool: asyncpg.Pool) -> AsyncIterator[EdgeStore]:
    """The store of vectors, beside the workers of all tests: a sweep ends when it has forgotten there."""
    with tempfile.TemporaryDirectory(prefix="selfology-") as folder:
        async with served(env, worker_pool, Path(folder)) as store:
            yield store


async def points_about(store: EdgeStore, person: Person) -> set[str]:
    """The collections of vectors, whatever they are for, with a point of the person."""
    collections = await store.collections()
    assert collections
    return {name for name in collections if await store.ids_of(name, person.user_ref)}


async def left_to_do(workflow: WorkflowHandle[Any, Any]) -> list[str]:
    """The activities that a workflow waits for."""
    return [each.activity_type.name for each in (await workflow.describe()).raw_description.pending_activities]


async def test_no_vector_of_a_person_is_left_and_who_begins_anew_is_found_again(
    people: People, vectors: EdgeStore
) -> None:
    person = people.person()
    await person.begins()
    await person.answers("I love art, new ideas and imagination, and walks by the river.")
    await person.is_indexed(1)
    assert await points_about(vectors, person)
    erasure = await person.asks_to_be_erased()
    await is_erased(person)
    async with asyncio.timeout(PATIENCE):
        # At once, before anything is swept.
        while await points_about(vectors, person):
            await asyncio.sleep(0.05)
    await person.begins()
    await person.answers("I like lakes.")
    await person.is_indexed(1)
    await swept(people, erasure)
    await person.looks_for("a lake")
    assert [reason.quote for reason in (await person.sees(Found)).words] == ["I like lakes."]


# No clock runs ahead while an activity waits, as that which forgets vectors does.
@patch.object(policies, "IN_FLIGHT", timedelta(seconds=0.2))
async def test_an_erasure_while_vectors_are_away_ends_when_they_are_back(
    own_namespace: TimeSkipper, parts: Parts, pool: asyncpg.Pool, worker_pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with workers_of(own_namespace.client, parts, Engine(), sandbox=False), People(own_namespace, pool) as people:
        person = people.person()
        async with served(own_namespace, worker_pool, tmp_path):
            await person.begins()
            await person.answers("I like rivers.")
            await person.is_indexed(1)
        erasure = await person.asks_to_be_erased()
        # The person notices nothing.
        await is_erased(person)
        await asyncio.wait_for(erasure.result(), PATIENCE)
        run_id = (await erasure.describe()).run_id
        sweep = people.env.client.get_workflow_handle(SWEEP_ID.of(person.user_ref, run_id))
        async with asyncio.timeout(PATIENCE):
            # All else is swept.
            while await left_to_do(sweep) != ["vectors.forget_person"]:
                await asyncio.sleep(0.05)
        assert (await sweep.describe()).status is WorkflowExecutionStatus.RUNNING
        async with served(own_namespace, worker_pool, tmp_path) as store:
            await asyncio.wait_for(sweep.result(), PATIENCE)
            assert await points_about(store, person) == set()


async def test_the_last_word_takes_the_place_of_the_first(people: People) -> None:
    person = people.person()
    await person.asks_to_be_erased()
    await is_erased(person)
    first, last = (d for d in people.screens.delivered.values() if d.address == person.name)
    assert last.replaces == first.key


async def test_two_taps_at_once_are_one_erasure_and_a_later_one_is_another(people: People, vectors: EdgeStore) -> None:
    person = people.person()
    await person.begins()
    people.screens.refused = Notice
    first = (await (await person.asks_to_be_erased()).describe()).run_id
    again = (await (await person.asks_to_be_erased()).describe()).run_id
    people.screens.refused = None
    await is_erased(person)
    assert first == again
    assert await person.sees_nothing_more()

    later = await person.asks_to_be_erased()
    await is_erased(person)
    assert (await later.describe()).run_id != first
    await swept(people, later)


async def test_a_person_who_can_not_be_told_is_erased_all_the_same(people: People, vectors: EdgeStore) -> None:
    person = people.person()
    await person.begins()
    await person.answers(f"I like the {SECRET}.")
    people.screens.refused, people.screens.refused_for_good = Notice, True
    await swept(people, await person.asks_to_be_erased())
    assert await rows_about(people.pool, person.user_ref) == []
    assert await person.sees_nothing_more()


async def test_a_session_ends_without_a_word_when_its_person_is_erased(people: People) -> None:
    person = people.person(min_questions=1)
    await person.begins()
    await person.answers("I like rivers.")
    await person.asks_to_be_erased()
    await is_erased(person)
    with pytest.raises(RPCError) as gone:
        await person.session.signal("stop")
    assert gone.value.status is RPCStatusCode.NOT_FOUND
    assert await person.sees_nothing_more()


async def test_who_starts_anew_keeps_the_new_session(people: People, vectors: EdgeStore) -> None:
    person = people.person()
    await person.begins()
    await person.answers("I like rivers.")
    erasure = await person.asks_to_be_erased()
    await is_erased(person)
    await person.starts()
    # They are unknown again, so consent comes first.
    await person.sees(ConsentRequest)
    await person.agrees()
    await person.sees(Question)
    await person.answers("I like lakes.")
    await swept(people, erasure)
    await person.answers("And the sea.")
    progress = await person.progress()
    assert (progress.status, progress.answered) == (Status.ACTIVE, 2)
    assert await person.kept_texts() == ["I like lakes.", "And the sea."]


async def test_a_tap_that_comes_again_spares_what_was_begun_since(people: People) -> None:
    person = people.person()
    await person.begins()
    asked_at = datetime.now(UTC)
    erasure = await person.asks_to_be_erased(asked_at, update_id="7")
    await is_erased(person)
    await erasure.result()
    await person.begins()
    await person.answers("I like lakes.")
    await person.asks_to_be_erased(asked_at, update_id="7")
    assert (await person.sees(Notice)).code is NoticeCode.BUTTON_IS_OLD
    assert await person.kept_texts() == ["I like lakes."]
    assert (await person.progress()).answered == 1


async def test_what_is_said_of_an_erasure_names_nobody(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.asks_to_be_erased()
    await is_erased(person)
    said = [d for d in people.screens.delivered.values() if d.address == person.name][-2:]
    assert [delivery.user_ref for delivery in said] == [None, None]
    assert not any(person.user_ref in f"{delivery.key} {delivery.replaces}" for delivery in said)


async def test_who_is_asked_for_consent_anew_may_still_give_it_after_the_sweep(
    people: People, vectors: EdgeStore
) -> None:
    person = people.person()
    erasure = await person.asks_to_be_erased()
    await is_erased(person)
    await person.starts()
    await person.sees(ConsentRequest)
    await swept(people, erasure)
    await person.agrees()
    await person.sees(Question)


@pytest.mark.parametrize("anew", [False, True])
async def test_a_session_that_was_just_opening_is_swept_and_a_new_one_is_not(
    parts: Parts, pool: asyncpg.Pool, anew: bool
) -> None:
    user_ref, erased_at = uuid.uuid4().hex[:16], datetime(2026, 1, 1, tzinfo=UTC)
    old, new = str(uuid.uuid4()), str(uuid.uuid4())

    async def opens(session_id: str, opened_at: datetime) -> None:
        await parts.sessions.open_session(
            SessionOpened(session_id=session_id, user_ref=user_ref, locale=Locale.EN, opened_at=opened_at)
        )

    await parts.people.erase_person(PersonRef(user_ref=user_ref))
    # It was under way when its workflow was ended.
    await opens(old, erased_at - timedelta(seconds=1))
    if anew:
        await opens(new, erased_at + timedelta(seconds=1))
    for _ in range(2):
        await parts.people.sweep_person(PersonToSweep(user_ref=user_ref, erased_at=erased_at))
    assert await rows_about(pool, old) == []
    assert bool(await rows_about(pool, user_ref)) is anew
    assert bool(await rows_about(pool, new)) is anew
