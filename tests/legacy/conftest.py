"""An old system beside a running one of ours, which nothing else uses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import asyncpg
import pytest
from pydantic import SecretStr
from temporalio.client import WorkflowHandle
from temporalio.testing import TimeSkipper, WorkflowEnvironment

from activities.legacy.old_tables import OldTables
from activities.onboarding.question_store import store_bank
from activities.safety.second_net import EncoderSecondNet, Net
from schema.legacy.messages import MoveIn, Task
from schema.legacy.names import MOVE_IN_ID
from schema.onboarding.bank import BankQuestion
from schema.onboarding.names import TASK_QUEUE
from tests import servers
from tests.analyst import RehearsedAnalyst
from tests.keys import encryption
from tests.legacy.old_system import OldSystem, all_rows, old_system
from tests.people.person import PATIENCE, People, Person
from workers.bootstrap import Parts
from workers.database_roles import Role
from workers.legacy import serving_legacy
from workers.run import workers_of
from workers.settings import Engine, Settings
from workflows.legacy.move_in import MoveInFromLegacy

PEPPER = SecretStr("a-pepper-of-these-tests")


@dataclass
class Town:
    """Our system, and whose people move in."""

    env: TimeSkipper
    pool: asyncpg.Pool
    worker_pool: asyncpg.Pool
    parts: Parts
    old: OldSystem

    async def ref_of(self, telegram_id: int) -> str:
        """Who that is here."""
        return await encryption().identities(PEPPER).person_of("telegram", str(telegram_id))

    async def is_known_as(self, telegram_id: int, person: Person) -> None:
        """Makes a person of a test that one of the old system."""
        person.user_ref = await self.ref_of(telegram_id)

    async def begins(self, task: Task, **options: float) -> WorkflowHandle[MoveInFromLegacy, MoveIn]:
        """Begins to import, compare or take back."""
        return await self.env.client.start_workflow(
            MoveInFromLegacy.run, MoveIn(task=task, **options), id=MOVE_IN_ID, task_queue=TASK_QUEUE
        )

    async def does(self, task: Task, **options: float) -> MoveIn:
        """Imports, compares or takes back, to the end."""
        return await self.serves(await self.begins(task, **options))

    async def serves(self, handle: WorkflowHandle[MoveInFromLegacy, MoveIn]) -> MoveIn:
        """Does what was begun, to the end."""
        async with serving_legacy(
            self.env.client,
            self.worker_pool,
            encryption(),
            Settings(),
            old=OldTables(self.old.readers_url, "selfology"),
            pepper=PEPPER,
        ):
            return await asyncio.wait_for(handle.result(), 2 * PATIENCE)

    async def rows(self) -> dict[str, list[str]]:
        """All that our database holds."""
        return await all_rows(self.pool)


@pytest.fixture(scope="module")
async def own_database() -> AsyncIterator[str]:
    """A database of our own: whatever is in it, these tests wrote."""
    async with servers.database() as address:
        yield address


@pytest.fixture(scope="module")
async def ours(
    own_database: str, env: WorkflowEnvironment, bank: list[BankQuestion], analyst: RehearsedAnalyst, net: Net
) -> AsyncIterator[Callable[[OldSystem], Town]]:
    """Our system in a namespace of its own."""
    async with (
        asyncpg.create_pool(own_database, min_size=1, max_size=4) as pool,
        asyncpg.create_pool(Role.WORKER.at(own_database), min_size=1, max_size=8) as worker_pool,
    ):
        await store_bank(worker_pool, bank)
        held = EncoderSecondNet(worker_pool, encryption().columns, net)
        parts = Parts.on(worker_pool, encryption(), bank, [analyst.model], net=held)
        town = await servers.namespace(env)
        async with workers_of(town.client, parts, Engine(), sandbox=False):
            yield lambda old: Town(town, pool, worker_pool, parts, old)


@pytest.fixture
async def town(ours: Callable[[OldSystem], Town], own_database: str) -> AsyncIterator[Town]:
    """Our system, with nobody of the old one in it before and after."""
    async with old_system(own_database) as old:
        town = ours(old)
        yield town
        await town.does(Task.ROLLBACK)


@pytest.fixture
async def cast(town: Town) -> AsyncIterator[People]:
    """People who talk to it."""
    async with People(town.env, town.pool) as people:
        yield people
