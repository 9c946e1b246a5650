"""A person asks for all of it to be removed: afterwards nothing leads to them, and they may start anew at once."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio import workflow
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, WorkflowEnvironment
from temporalio.worker import Worker

from activities.account import workflow_histories
from activities.qdrant.edge_store import EdgeStore
from schema.account.activities import PersonToSweep
from schema.account.names import ERASE_ID, REWRAP_KEYS, SWEEP_ID
from schema.analysis.readings import AnswerInContext, DeepAnalysis
from schema.deliveries import ConsentRequest, Found, Notice, NoticeCode, ProfileCard, Question, Summary
from schema.onboarding.activities import SessionOpened
from schema.onboarding.names import SESSION_ID
from schema.person import PersonRef
from schema.profile.names import INDEX_VECTORS
from schema.vocabulary import Locale, Status
from schema.workflow_ids import WORKFLOW_IDS, person_of
from tests import servers
from tests.analyst import RehearsedAnalyst
from tests.keys import decrypted
from tests.people.person import PATIENCE, People, Person
from tests.vectors import served
from workers.bootstrap import Parts
from workers.registry import WORKFLOWS
from workers.run import workers_of
from workers.settings import Engine
from workflows import policies
from workflows.account.erase import ErasePerson

SECRET = "zelkova"
"""A word of each answer here, by which it would be found."""


@pytest.fixture(scope="module")
async def vectors(env: WorkflowEnvironment, workers: None, worker_pool: asyncpg.Pool) -> AsyncIterator[EdgeStore]:
    """The store of vectors, beside the workers of all tests: a sweep ends when it has forgotten there."""
    with tempfile.TemporaryDirectory(prefix="selfology-") as folder:
        async with served(env, worker_pool, Path(folder)) as store:
            yield store


@pytest.fixture
async def theatre(pool: asyncpg.Pool, worker_pool: asyncpg.Pool, parts: Parts, tmp_path: Path) -> AsyncIterator[People]:
    """People on a server of their own that deletes within seconds; others take up to a minute."""
    at_once = (f'history.{queue}ProcessorUpdateAckInterval="0.1s"' for queue in ("transfer", "visibility"))
    async with (
        servers.temporal(*at_once) as env,
        workers_of(env.client, parts, Engine(), sandbox=False),
        served(env, worker_pool, tmp_path),
        People(env, pool) as cast,
    ):
        yield cast


async def is_erased(person: Person) -> None:
    """Waits for the last word, which takes the place of the first."""
    assert (await person.sees(Notice)).code is NoticeCode.ERASING
    assert (await person.sees(Notice)).code is NoticeCode.ERASED


async def swept(cast: People, erasure: WorkflowHandle[ErasePerson, None]) -> str:
    """Lets the minute after an erasure pass; returns the id of the sweep."""
    run_id = (await erasure.describe()).run_id
    await asyncio.wait_for(erasure.result(), PATIENCE)
    sweep = cast.env.client.get_workflow_handle(SWEEP_ID.of(person_of(erasure.id) or "", run_id))
    await cast.env.fast_forward(sweep, policies.IN_FLIGHT)
    await asyncio.wait_for(sweep.result(), PATIENCE)
    return sweep.id


async def rows_about(pool: asyncpg.Pool, *words: str) -> list[str]:
    """The tables with a row that holds one of the words."""
    tables = await pool.fetch(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
        # That a key was destroyed is remembered, by the name of its owner.
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'account_system')"
    )
    return [
        table["name"]
        for table in tables
        for word in words
        if await pool.fetchval(f"SELECT count(*) FROM {table['name']} t WHERE position($1 in t::text) > 0", word)
    ]


async def workflows_about(cast: People, *words: str) -> set[str]:
    """The workflows that the server keeps anything about that holds one of the words: their ids."""
    found = set()
    async for listed in cast.env.client.list_workflows():
        handle = cast.env.client.get_workflow_handle(listed.id, run_id=listed.run_id)
        try:
            events = [await decrypted(event) async for event in handle.fetch_history_events()]
        except RPCError as error:
            # Deleted since it was listed.
            if error.status is RPCStatusCode.NOT_FOUND:
                continue
            raise
        if any(word.encode() in event.SerializeToString() for word in words for event in events):
            found.add(listed.id)
    return found


async def points_about(store: EdgeStore, person: Person) -> set[str]:
    """The collections of vectors, whatever they are for, with a point of the person."""
    collections = await store.collections()
    assert collections
    return {name for name in collections if await store.ids_of(name, person.user_ref)}


async def left_to_do(workflow: WorkflowHandle[Any, Any]) -> list[str]:
    """The activities that a workflow waits for."""
    return [each.activity_type.name for each in (await workflow.describe()).raw_description.pending_activities]


async def analysed(person: Person, answers: int) -> None:
    """Waits until so many answers are analysed."""
    async with asyncio.timeout(PATIENCE):
        while await person.analyses() < answers:
            await asyncio.sleep(0.05)


async def test_nothing_of_a_person_is_found_afterwards(
    theatre: People, analyst: RehearsedAnalyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = theatre.person(planned_questions=3, last_analyses_wait="PT0.1S")
    # A whole session first, whose last analysis is left to DeferredAnalysis; then another one, in its middle.
    await person.begins()
    for number in range(2):
        await person.answers(f"I love art and new ideas, like the {SECRET} number {number}.")
    await analysed(person, 2)
    released, deep = asyncio.Event(), analyst.deep

    async def slow(answer: AnswerInContext) -> DeepAnalysis:
        await released.wait()
        return await deep(answer)

    monkeypatch.setattr(analyst, "deep", slow)
    await person.says(f"And I dream of another {SECRET}.")
    await person.sees(Summary)
    assert (await person.outcome()).deferred == 1
    await person.starts()
    await person.sees(Question)
    await person.answers(f"My sister paints every {SECRET} of the coast.")
    await person.asks_for_profile()
    await person.sees(ProfileCard)
    about_person = (person.user_ref, person.name, SECRET)
    assert await rows_about(theatre.pool, *about_person)
    known = await workflows_about(theatre, *about_person)
    assert {workflow_id.split("-")[0] for workflow_id in known} == {"onboarding", "deferred", "profile"}

    erasure = await person.asks_to_be_erased()
    await is_erased(person)
    assert await rows_about(theatre.pool, *about_person) == []
    # What was in flight comes to its end.
    released.set()
    sweep = await swept(theatre, erasure)
    async with asyncio.timeout(4 * PATIENCE):
        while await workflows_about(theatre, *about_person) != {sweep}:
            await asyncio.sleep(0.2)
    # All that the sweep's own history knows is the name that leads to nobody any more.
    assert await workflows_about(theatre, person.name, SECRET, f"{person.user_ref}.1") == set()
    assert await rows_about(theatre.pool, *about_person) == []
    assert await person.sees_nothing_more()


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


async def test_an_erasure_while_vectors_are_away_ends_when_they_are_back(
    own_namespace: TimeSkipper,
    parts: Parts,
    pool: asyncpg.Pool,
    worker_pool: asyncpg.Pool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # No clock runs ahead while an activity waits, as that which forgets vectors does.
    monkeypatch.setattr(policies, "IN_FLIGHT", timedelta(seconds=0.2))
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


def test_every_workflow_type_says_how_it_belongs_to_a_person() -> None:
    of_nobody = {REWRAP_KEYS, INDEX_VECTORS}
    assert {each.workflow_type for each in WORKFLOW_IDS} == {type_of(each) for each in WORKFLOWS} - of_nobody
    assert len({each.word for each in WORKFLOW_IDS}) == len(WORKFLOW_IDS)


async def test_every_workflow_of_a_person_is_found_and_removed(
    theatre: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody works on these workflows, so they never come to rest.
    monkeypatch.setattr(workflow_histories, "REST_WITHIN", 0.1)
    anna, boris = theatre.person(), theatre.person()
    client = theatre.env.client

    async def begins(person: Person, name: str, workflow_id: str) -> WorkflowHandle[Any, Any]:
        with theatre.env.with_time_skipping_disabled():
            return await client.start_workflow(name, person.name, id=workflow_id, task_queue="nobody works here")

    for person in (anna, boris):
        for pattern in WORKFLOW_IDS:
            for workflow_id in (pattern.of(person.user_ref), pattern.of(person.user_ref, uuid.uuid4(), 1)):
                await (await begins(person, pattern.workflow_type, workflow_id)).terminate()
                # The erasure itself begins below.
                if workflow_id != ERASE_ID.of(person.user_ref):
                    await begins(person, pattern.workflow_type, workflow_id)
        # As it was called before the ids of children named the person.
        await starts_a_child(theatre, SESSION_ID.of(person.user_ref), f"deferred-{uuid.uuid4()}-1", person.name)
    of_boris = await workflows_about(theatre, boris.name)
    assert len(of_boris) == len(await workflows_about(theatre, anna.name)) == 2 * len(WORKFLOW_IDS) + 1

    await swept(theatre, await anna.asks_to_be_erased())
    async with asyncio.timeout(4 * PATIENCE):
        # The key of what can't be read any more still says whose it was.
        while await workflows_about(theatre, anna.name, f"{anna.user_ref}.1"):
            await asyncio.sleep(0.2)
    assert await workflows_about(theatre, boris.name) == of_boris
    async for left in client.list_workflows("ExecutionStatus = 'Running'"):
        assert person_of(left.id) != anna.user_ref
        await client.get_workflow_handle(left.id).terminate()


@workflow.defn(name="StartsAChild", sandboxed=False)
class StartsAChild:
    @workflow.run
    async def run(self, child: list[str]) -> None:
        workflow_id, argument = child
        await workflow.start_child_workflow(
            "DeferredAnalysis",
            argument,
            id=workflow_id,
            task_queue="nobody works here",
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
        )


async def starts_a_child(cast: People, parent_id: str, child_id: str, argument: str) -> None:
    """Has a workflow of this id start another one."""
    async with Worker(cast.env.client, task_queue="parents", workflows=[StartsAChild]):
        await cast.env.client.execute_workflow(
            StartsAChild.run,
            [child_id, argument],
            id=parent_id,
            task_queue="parents",
            id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        )


def type_of(workflow_class: type) -> str:
    """What a workflow's type is called on the server."""
    definition = workflow._Definition.must_from_class(workflow_class)
    assert definition.name
    return definition.name
