"""After an erasure no row, no history and no workflow of the server leads to the person."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio import workflow
from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

from activities.account import workflow_histories
from schema.account.names import ERASE_ID, FORGET_OLD, REWRAP_KEYS
from schema.analysis.readings import AnswerInContext, DeepAnalysis
from schema.backup.names import BACKUP
from schema.deliveries import ProfileCard, Question, Summary
from schema.legacy.names import MOVE_IN
from schema.onboarding.names import SESSION_ID
from schema.profile.names import INDEX_VECTORS
from schema.workflow_ids import WORKFLOW_IDS, person_of
from tests import servers
from tests.account.traces import is_erased, rows_about, swept, workflows_about
from tests.analyst import RehearsedAnalyst
from tests.people.person import PATIENCE, People, Person
from tests.vectors import served
from workers.bootstrap import Parts
from workers.registry import WORKFLOWS
from workers.run import workers_of
from workers.settings import Engine

SECRET = "zelkova"
"""A word of each answer here, by which it would be found."""


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


def test_every_workflow_type_says_how_it_belongs_to_a_person() -> None:
    of_nobody = {BACKUP, FORGET_OLD, REWRAP_KEYS, INDEX_VECTORS, MOVE_IN}
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
