"""Moving in from an old system, comparing, and taking it back, recorded as sessions are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from activities.legacy.old_tables import OldTables
from schema.legacy.messages import MoveIn, Task
from schema.legacy.names import MOVE_IN_ID
from schema.onboarding.names import TASK_QUEUE
from tests.analyst import RehearsedAnalyst
from tests.keys import encryption
from tests.legacy.old_system import old_system
from tests.people.person import People, at_rest
from tests.replay.staging import Handle, scenario
from workers.legacy import serving_legacy
from workers.settings import Settings
from workflows.legacy.move_in import MoveInFromLegacy

_ADDRESS = """
    SELECT format('postgresql://%s@/%s?host=%s&port=%s', current_user, current_database(),
        split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'))
"""


@asynccontextmanager
async def _beside_an_old_system(cast: People, people: int) -> AsyncIterator[None]:
    """An old system with some people, and the process that reads it."""
    async with old_system(await cast.pool.fetchval(_ADDRESS), "recorded_old_system") as old:
        await old.lives(20 * people, broken=0.1)
        tables, pepper = OldTables(old.readers_url, "selfology"), SecretStr("a-pepper-of-recordings")
        async with serving_legacy(cast.env.client, cast.pool, encryption(), Settings(), old=tables, pepper=pepper):
            yield


async def _begins(cast: People, task: Task) -> Handle:
    begun = await cast.env.client.start_workflow(
        MoveInFromLegacy.run, MoveIn(task=task, sample=1.0), id=MOVE_IN_ID, task_queue=TASK_QUEUE
    )
    # This run, whatever is done after it.
    return cast.env.client.get_workflow_handle(MOVE_IN_ID, run_id=begun.result_run_id)


@scenario
async def moved_in(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """An operator has it rest for a while."""
    handle = await _begins(cast, Task.IMPORT)
    await handle.execute_update(MoveInFromLegacy.pause)
    async with _beside_an_old_system(cast, people=1):
        await at_rest(handle)
        await handle.execute_update(MoveInFromLegacy.resume)
        await handle.result()
        await (await _begins(cast, Task.ROLLBACK)).result()
    return handle


@scenario
async def moved_in_compared(cast: People, analyst: RehearsedAnalyst) -> Handle:
    async with _beside_an_old_system(cast, people=1):
        await (await _begins(cast, Task.IMPORT)).result()
        handle = await _begins(cast, Task.VALIDATE)
        await handle.result()
        await (await _begins(cast, Task.ROLLBACK)).result()
    return handle


@scenario
async def moved_in_taken_back(cast: People, analyst: RehearsedAnalyst) -> Handle:
    async with _beside_an_old_system(cast, people=1):
        await (await _begins(cast, Task.IMPORT)).result()
        handle = await _begins(cast, Task.ROLLBACK)
        await handle.result()
    return handle
