"""People talk, everything is killed at once, and the home's data is destroyed: it is restored, and all go on."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from contextlib import AsyncExitStack
from datetime import timedelta

import asyncpg
import psutil
import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.encryption.sqlite_key_store import SQLiteKeyStore
from schema.backup.activities import BackupMade, BackupToMake
from schema.backup.names import BACKUP_ID
from schema.deliveries import Question
from schema.onboarding.names import TASK_QUEUE
from tests.people.person import PATIENCE, People, Person, at_rest
from tests.stack.conftest import servers_of, until
from workers.client import connect
from workers.settings import Settings
from workers.stack.backup.archive import BackedUp, BackupDirectory
from workers.stack.backup.creation import Progress
from workers.stack.backup.restoring import Wanted, restore
from workers.stack.backup.settings import BackupSettings, backup_keys
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.locks import held_exclusively
from workers.stack.record import running_stack
from workflows.operations.backup import Backup

pytestmark = pytest.mark.long

PEOPLE = 20
EVERY = timedelta(seconds=3)
ANSWERS, PAUSE = 11, 0.8
"""How many answers each has to give, and the seconds before each: more than it takes until all is killed."""


MOST_LOST = 4
"""More answers than anybody gives within what may be lost."""


class Talker:
    """Somebody who answers whenever they are asked."""

    def __init__(self, person: Person) -> None:
        self.person = person
        # As in Telegram: a text is for what the session asked last, and no other.
        person.names_questions = False
        self.kept: list[float] = []
        """When each answer was acknowledged."""

    async def talks(self) -> None:
        for number in range(ANSWERS):
            await self.person.says(f"I like long walks by the river, they calm me ({number}).")
            self.kept.append(time.monotonic())
            await self.person.sees(Question)
            await asyncio.sleep(PAUSE)


async def test_all_sessions_go_on_after_the_data_was_destroyed_and_who_was_erased_stays_so(
    settings: Settings, home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SELFOLOGY_BACKUPS", str(home.root.parent / "backups"))
    monkeypatch.setenv("SELFOLOGY_BACKUP_EVERY", str(EVERY.total_seconds()))
    async with AsyncExitStack() as exits:
        joined = AsyncExitStack()
        stack = await joined.enter_async_context(joined_stack(settings))
        keys = await exits.enter_async_context(stack.encryption())
        client = await connect(stack.temporal_address, keys, channel=True)
        pool = await exits.enter_async_context(asyncpg.create_pool(stack.database_url, min_size=1, max_size=2))
        cast = await exits.enter_async_context(
            People(WorkflowEnvironment.from_client(client), pool, patience=PATIENCE, keys=keys)
        )
        talkers = [Talker(cast.person()) for _ in range(PEOPLE)]
        erased = cast.person()
        await asyncio.gather(*(each.person.begins() for each in talkers), erased.begins())
        await erased.answers("I would rather not have said this.")
        await backed_up(client, "first")

        talking = [asyncio.create_task(each.talks()) for each in talkers]
        made = await backed_up(client, "under-load")
        assert made.rows > PEOPLE
        await (await erased.asks_to_be_erased()).result()
        await asyncio.sleep(EVERY.total_seconds() + 2)
        killed_at = time.monotonic()
        await all_killed(home)
        for each in talking:
            each.cancel()
        await asyncio.wait(talking)
        await joined.aclose()
        for file in (*home.root.glob("temporal.db*"), home.keys):
            file.unlink()
        shutil.rmtree(home.postgres)

        began = time.monotonic()
        of = BackedUp(home, BackupDirectory.of(BackupSettings()), backup_keys(BackupSettings(), home))
        done = await restore(settings, of, Wanted(), Progress())
        restored = time.monotonic() - began
        assert done.erased == 1
        await exits.enter_async_context(joined_stack(settings))
        serves = time.monotonic() - began

        said = sum(len(each.kept) for each in talkers)
        async with asyncpg.create_pool(running_url(home), min_size=1, max_size=2) as there:
            had = await there.fetchval("SELECT count(*) FROM onboarding_system.answers")
            assert not await there.fetch("SELECT FROM onboarding_system.people WHERE user_ref = $1", erased.user_ref)
        lost = sorted((at for each in talkers for at in each.kept), reverse=True)[: max(0, said - had)]
        oldest = killed_at - lost[-1] if lost else 0.0
        with capsys.disabled():
            sys.stdout.write(
                f"\n{PEOPLE} people, {said} answers acknowledged, {said - had} not in the archive, the oldest from"
                f" {oldest:.1f} s before the kill; restored in {restored:.1f} s, served after {serves:.1f} s\n"
            )
        assert oldest < EVERY.total_seconds() + 3
        await asyncio.gather(*(goes_on(each.person) for each in talkers))
        assert (await SQLiteKeyStore(home.keys).newest(erased.user_ref)).key is None


async def backed_up(client: Client, name: str) -> BackupMade:
    return await client.execute_workflow(
        Backup.run, BackupToMake(verify=True), id=f"{BACKUP_ID}-{name}", task_queue=TASK_QUEUE
    )


def running_url(home: Home) -> str:
    running = running_stack(home)
    assert running
    assert running.embedded_database_url
    return running.embedded_database_url


async def all_killed(home: Home) -> None:
    """Everything that runs in a home is killed at once."""
    running = running_stack(home)
    assert running
    for process in (psutil.Process(running.supervisor), *servers_of(home).values()):
        process.kill()
    await until(lambda: not held_exclusively(home.stack_lock))


async def goes_on(person: Person) -> None:
    """Answers until they see a new question. What was sent in the lost moments is not sent again."""
    seen = len([message for message in person.glances() if isinstance(message, Question)])
    for number in range(MOST_LOST + 1):
        answered = (await person.progress()).answered
        # A text that comes before the next question would belong to the answer before it.
        await at_rest(person.session)
        await person.says(f"And I sleep better since then ({number}).")
        async with asyncio.timeout(PATIENCE):
            while (await person.progress()).answered == answered:
                await asyncio.sleep(0.05)
    async with asyncio.timeout(PATIENCE):
        while len([message for message in person.glances() if isinstance(message, Question)]) == seen:
            await asyncio.sleep(0.05)
