"""The process that owns the vectors is killed, frozen, robbed of its store, or can't reach its server, in mid-session.

The person notices nothing but in a search, and everything they said is indexed afterwards, and nothing twice.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg
import psutil
import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from schema.deliveries import Found, Notice, NoticeCode
from schema.profile.names import INDEX_VECTORS_ID
from schema.profile.vectors import VectorsTask
from tests.chaos.victims import owners
from tests.keys import encryption_of
from tests.people.person import PATIENCE, People, Person
from tests.ports import free_port
from tests.stack.conftest import ended
from workers.client import connect
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.ports import LOCALHOST
from workflows.profile.index import IndexVectors


@asynccontextmanager
async def town(home: Home) -> AsyncIterator[People]:
    """People of a real stack, whose clock is everybody's."""
    async with joined_stack(Settings()) as stack, asyncpg.create_pool(stack.database_url, min_size=1) as pool:
        client = await connect(stack.temporal_address, encryption_of(home), channel=True)
        async with People(TimeSkipper(client), pool, keys=encryption_of(home)) as people:
            yield people


async def owner(home: Home, *, but: psutil.Process | None = None) -> psutil.Process:
    """Waits for the one process that owns the vectors, in the place of another one."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = [process for process in owners(home) if process != but]
            if found:
                (process,) = found
                return process
            await asyncio.sleep(0.05)


async def has_vectors(people: People, answers: int) -> None:
    """Waits until the store itself holds so many vectors of what was said, where searches look."""
    index: WorkflowHandle[IndexVectors, None] = people.env.client.get_workflow_handle(INDEX_VECTORS_ID)
    async with asyncio.timeout(4 * PATIENCE):
        while True:
            with suppress(RPCError, WorkflowUpdateFailedError):
                state = await index.execute_update(IndexVectors.look_after, VectorsTask())
                found = [each.points for each in state.collections if any("said" in alias for alias in each.aliases)]
                assert sum(found) <= answers, "something is there twice"
                if found == [answers] and len([each for each in state.collections if "said" in each.name]) == 1:
                    return
            await asyncio.sleep(0.2)


async def test_killed_frozen_or_robbed_it_comes_back_and_all_is_indexed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFOLOGY_VECTORS", "true")
    monkeypatch.setenv("SELFOLOGY_INDEXING_GIVES_WAY_MINUTES", "0")

    def killed(process: psutil.Process) -> None:
        process.kill()

    def frozen(process: psutil.Process) -> None:
        process.suspend()

    def robbed(process: psutil.Process) -> None:
        shutil.rmtree(home.vectors)

    def robbed_and_killed(process: psutil.Process) -> None:
        process.kill()
        shutil.rmtree(home.vectors)

    befalls: tuple[Callable[[psutil.Process], None], ...] = (killed, frozen, robbed, robbed_and_killed)
    async with town(home) as people:
        person = people.person(planned_questions=15)
        await person.begins()
        said = 0
        for befall in befalls:
            process = await owner(home)
            await person.answers(f"I walk along the river with my sister number {said}.")
            befall(process)
            # In mid-session: reflections and questions come as before.
            await person.answers(f"At night I bake bread, {said} loaves of it.")
            said += 2
            if befall is frozen:
                await person.looks_for("bread")
                assert not (await person.sees(Found)).available
                process.send_signal(signal.SIGCONT)
            await has_vectors(people, said)
            await person.is_indexed(said)
        await person.looks_for("bake bread")
        found = await person.sees(Found)
        assert found.available
        assert found.words


async def test_with_a_server_s_address_dead_a_person_notices_nothing_and_is_indexed_afterwards(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFOLOGY_VECTORS", "true")
    monkeypatch.setenv("SELFOLOGY_INDEXING_GIVES_WAY_MINUTES", "0")
    with monkeypatch.context() as away:
        away.setenv("QDRANT_URL", f"http://{LOCALHOST}:{free_port()}")
        async with town(home) as people:
            anna, boris = people.person(), people.person()
            for person in (anna, boris):
                await person.begins()
                await person.answers("I walk along the river with my sister.")
                await person.answers("At night I bake bread.")
            await owner(home)
            await anna.looks_for("bread")
            assert not (await anna.sees(Found)).available
            await boris.asks_to_be_erased()
            await erased(boris)
    # The next stack has the store of its home.
    await ended(home)
    async with town(home) as people:
        await has_vectors(people, 2)


async def erased(person: Person) -> None:
    """Waits for the last word."""
    while (await person.sees(Notice)).code is not NoticeCode.ERASED:
        pass
