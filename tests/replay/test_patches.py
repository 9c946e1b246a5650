"""A change of a workflow goes out in two releases, so that each can be rolled back: docs/releases.md says how."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from tests.people.person import at_rest


class _Walk:
    """A wait in the middle, where a worker of another release may take over."""

    def __init__(self) -> None:
        self.may_go_on = False

    async def walks(self, *, anew: bool) -> str:
        for _ in range(2 if anew else 1):
            await workflow.sleep(0.001)
        await workflow.wait_condition(lambda: self.may_go_on)
        return "anew" if anew else "as before"


@workflow.defn(name="Walk")
class Before(_Walk):
    """The release before: it knows nothing of a change."""

    @workflow.signal
    def go_on(self) -> None:
        self.may_go_on = True

    @workflow.run
    async def run(self) -> str:
        return await self.walks(anew=False)


@workflow.defn(name="Walk")
class Knows(_Walk):
    """The release that knows the change and does not make it."""

    @workflow.signal
    def go_on(self) -> None:
        self.may_go_on = True

    @workflow.run
    async def run(self) -> str:
        return await self.walks(anew=workflow.unsafe.is_replaying() and workflow.patched("walk-anew"))


@workflow.defn(name="Walk")
class Takes(_Walk):
    """The release that makes it."""

    @workflow.signal
    def go_on(self) -> None:
        self.may_go_on = True

    @workflow.run
    async def run(self) -> str:
        return await self.walks(anew=workflow.patched("walk-anew"))


async def begun_and_ended_by(env: WorkflowEnvironment, begins: type, ends: type) -> tuple[str, WorkflowHistory]:
    """What came of a workflow, and its history, when one release began it and another one went on with it."""
    name = f"walk-{uuid.uuid4().hex}"
    async with worker(env, name, begins):
        with env.with_time_skipping_disabled():
            walk = await env.client.start_workflow("Walk", id=name, task_queue=name, result_type=str)
        while not any(e.HasField("timer_fired_event_attributes") for e in (await walk.fetch_history()).events):
            await asyncio.sleep(0.02)
        await at_rest(walk)
    async with worker(env, name, ends):
        await walk.signal("go_on")
        return await walk.result(), await walk.fetch_history()


def worker(env: WorkflowEnvironment, queue: str, release: type) -> Worker:
    """A worker of a release. It keeps nothing between two tasks, so it replays at each."""
    runner = UnsandboxedWorkflowRunner()
    return Worker(env.client, task_queue=queue, workflows=[release], workflow_runner=runner, max_cached_workflows=0)


async def is_taken(history: WorkflowHistory, release: type) -> bool:
    """Whether a release takes a history."""
    replayer = Replayer(workflows=[release], workflow_runner=UnsandboxedWorkflowRunner())
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    return result.replay_failure is None


@pytest.mark.parametrize("begins", [Knows, Takes])
@pytest.mark.parametrize("ends", [Knows, Takes])
async def test_releases_that_follow_one_another_take_each_others_workflows(
    env: WorkflowEnvironment, begins: type, ends: type
) -> None:
    came_of_it, history = await begun_and_ended_by(env, begins, ends)
    assert came_of_it == ("anew" if begins is Takes else "as before")
    assert await is_taken(history, Knows)
    assert await is_taken(history, Takes)


async def test_what_is_taken_at_once_can_not_be_rolled_back(env: WorkflowEnvironment) -> None:
    _, history = await begun_and_ended_by(env, Takes, Takes)
    assert not await is_taken(history, Before)


async def test_what_is_only_known_can_be_rolled_back(env: WorkflowEnvironment) -> None:
    _, history = await begun_and_ended_by(env, Knows, Knows)
    assert await is_taken(history, Before)
