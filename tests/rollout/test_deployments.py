"""Which version of the workers goes on with which workflow, on a real server."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from schema.operator_error import OperatorError
from workers.deploy import versions
from workers.deploy.verdict import fault
from workers.deploy.versions import Status
from workers.deploy.watch import Watch, stopped
from workers.deployment_settings import WITHOUT_VERSION, DeploymentSettings

NAME = "selfology"
PEOPLE = 12
TASK_TIMEOUT = timedelta(seconds=1)
"""Also how soon a task that failed is tried again."""
BEFORE = WITHOUT_VERSION.version.build_id
"""What workers without a version call themselves."""
Runs = Callable[..., Awaitable[None]]
Talk = WorkflowHandle[Any, Any]


class _Talk:
    """Keeps which version heard each thing that was said."""

    def __init__(self) -> None:
        self.said = 0
        self.heard_by: list[str] = []

    async def hears(self) -> None:
        while True:
            await workflow.wait_condition(lambda: self.said > len(self.heard_by))
            version = workflow.info().get_current_deployment_version()
            assert version is not None
            self.heard_by.append(version.build_id)


@workflow.defn(name="Talk")
class Good(_Talk):
    """A talk that goes on."""

    @workflow.signal
    def say(self) -> None:
        self.said += 1

    @workflow.query
    def versions(self) -> list[str]:
        return self.heard_by

    @workflow.run
    async def run(self) -> None:
        await self.hears()


@workflow.defn(name="Talk")
class Bad(_Talk):
    """A talk whose code fails when something is said."""

    @workflow.signal
    def say(self) -> None:
        self.said += 1

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: self.said > 0)
        raise KeyError


@pytest.fixture
def client(own_namespace: TimeSkipper) -> Client:
    """A namespace without any version."""
    return own_namespace.client


@pytest.fixture
async def runs(client: Client) -> AsyncIterator[Runs]:
    """Starts the workers of a version; without one, those of before there were any."""
    async with AsyncExitStack() as exits:

        async def started(build: str, talk: type = Good) -> None:
            settings = DeploymentSettings(deployment=NAME if build else None, build_id=build or "none")
            worker = Worker(
                client,
                task_queue=NAME,
                workflows=[talk],
                workflow_runner=UnsandboxedWorkflowRunner(),
                deployment_config=settings.worker,
            )
            await exits.enter_async_context(worker)
            while build and not await is_known(client, build):
                await asyncio.sleep(0.05)

        yield started


async def is_known(client: Client, build: str) -> bool:
    """Whether workers of a version have asked for tasks."""
    try:
        return build in {each.build_id for each in (await versions.deployment(client, NAME)).versions}
    except OperatorError:
        return False


async def opened(client: Client) -> list[Talk]:
    """Talks of some people."""
    name = uuid.uuid4().hex
    return [
        await client.start_workflow("Talk", id=f"{name}-{n}", task_queue=NAME, task_timeout=TASK_TIMEOUT)
        for n in range(PEOPLE)
    ]


async def heard(talk: Talk) -> list[str]:
    """Which version heard each thing that was said; nothing while its code fails."""
    try:
        found: list[str] = await talk.query(Good.versions)
    except RPCError as error:
        if error.status is not RPCStatusCode.FAILED_PRECONDITION:
            raise
        return []
    return found


async def heard_by(them: list[Talk]) -> Counter[str]:
    """Everybody says something; how many of it each version has heard."""
    before = [len(await heard(talk)) for talk in them]
    for talk in them:
        await talk.signal("say")
    last = Counter[str]()
    for talk, so_far in zip(them, before, strict=True):
        while len(now := await heard(talk)) == so_far:
            await asyncio.sleep(0.05)
        last[now[-1]] += 1
    return last


async def all_heard_by(them: list[Talk], build: str) -> None:
    """Everybody talks until a version hears all of them. The server tells its queues one by one."""
    async with asyncio.timeout(20):
        while await heard_by(them) != {build: PEOPLE}:
            pass


async def test_talks_move_to_a_new_version_by_parts_and_back_at_once(client: Client, runs: Runs) -> None:
    with pytest.raises(OperatorError, match="No worker of selfology has asked for tasks yet"):
        await versions.deployment(client, NAME)
    await runs("")
    them = await opened(client)
    await runs("1")
    with pytest.raises(OperatorError, match="No worker of 2 has asked for tasks yet"):
        await versions.ramp(client, NAME, "2", 10)
    assert await heard_by(them) == {BEFORE: PEOPLE}

    await versions.make_current(client, NAME, "1")
    await all_heard_by(them, "1")
    await runs("2")
    assert await heard_by(them) == {"1": PEOPLE}
    await versions.ramp(client, NAME, "2", 50)
    async with asyncio.timeout(20):
        while not (now := await heard_by(them))["2"]:
            pass
    assert now["1"]
    await versions.ramp(client, NAME, None, 0)
    await all_heard_by(them, "1")

    await versions.make_current(client, NAME, "2")
    await all_heard_by(them, "2")
    found = await versions.deployment(client, NAME)
    assert (found.current, found.before, found.ramping) == ("2", "1", None)
    assert {each.build_id: each.status for each in found.versions}["2"] is Status.CURRENT
    await versions.make_current(client, NAME, "1")
    await all_heard_by(them, "1")


async def test_a_version_whose_code_fails_is_seen_and_what_it_held_goes_on_elsewhere(
    client: Client, runs: Runs
) -> None:
    await runs("1")
    await versions.make_current(client, NAME, "1")
    them = await opened(client)
    await heard_by(them)
    await runs("2", Bad)
    before = await stopped(client)
    await versions.ramp(client, NAME, "2", 50)
    watch = Watch(client, await versions.deployment(client, NAME), before)
    assert fault(await watch.look()) is None
    for talk in them:
        await talk.signal("say")
    async with asyncio.timeout(60):
        while not (wrong := fault(await watch.look())):
            await asyncio.sleep(0.5)
    assert "held up, and 0 of" in wrong or "can't go on" in wrong
    await versions.ramp(client, NAME, None, 0)
    async with asyncio.timeout(60):
        for talk in them:
            while await heard(talk) != ["1", "1"]:
                await asyncio.sleep(0.5)
