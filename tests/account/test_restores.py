"""A backup is put back that holds somebody who was erased since: before anybody is served they are erased again."""

from __future__ import annotations

import asyncio
import logging
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.testing import TimeSkipper

from activities.account.person_store import PostgresPersonStore
from activities.account.tombstones import PostgresTombstones
from activities.encryption.key_store import REMEMBERED_FOR, Tombstone
from schema.account.names import SWEEP_ID
from schema.errors import KeysAway, Undecipherable
from schema.keys.key_id import KeyId
from schema.onboarding.names import SESSION_ID, TASK_QUEUE
from schema.person import PersonRef
from tests.activities.test_database import Someone
from tests.keys import encryption_in, fresh
from tests.people.person import PATIENCE
from tests.vectors import served
from workers.bootstrap import Parts
from workers.database_roles import Role
from workers.erasure_replay import replay_erasures
from workers.process_encryption import Encryption
from workers.run import workers_of
from workers.settings import Engine
from workers.stack.backup.after_restore import erase_restored, keep_for_the_start
from workers.stack.home import Home
from workflows import policies

DAY = timedelta(days=1)
PEPPER = SecretStr("a pepper of this test")


@dataclass
class Service:
    """What erases people under keys of this test's own, and starts."""

    keys: Encryption
    store: Path
    people: PostgresPersonStore
    tombstones: PostgresTombstones
    client: Client

    @property
    def backup(self) -> Path:
        return self.store.with_suffix(".backup")

    async def starts(self, *, everybody: bool = False) -> int:
        """Does what workers do before they serve anybody."""
        return await replay_erasures(self.client, self.keys.store, self.tombstones, self.people, everybody=everybody)

    async def erases(self, person: str) -> None:
        await self.people.erase_person(PersonRef(user_ref=person))


@pytest.fixture
async def service(worker_pool: asyncpg.Pool, own_namespace: TimeSkipper, tmp_path: Path) -> Service:
    """One that has erased nobody yet."""
    await worker_pool.execute("DELETE FROM account_system.destroyed_keys")
    keys = encryption_in(tmp_path)
    people = PostgresPersonStore(worker_pool, keys.keys, keys.columns, companies=())
    return Service(keys, tmp_path / "keys.db", people, PostgresTombstones(worker_pool), own_namespace.client)


async def test_a_key_that_a_backup_brings_back_is_destroyed_again(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    anna, boris = "a" * 16, "b" * 16
    sealed = (await service.keys.keys.begin(anna)).seal(b"words", "place")
    await service.keys.keys.begin(boris)
    shutil.copy(service.store, service.backup)
    await service.erases(anna)
    shutil.copy(service.backup, service.store)
    assert (await fresh(service.keys).keys.get(KeyId(anna, 1))).open(sealed, "place") == b"words", (
        "the backup must hold it"
    )

    caplog.set_level(logging.WARNING)
    assert await service.starts() == 1
    assert "brought back 1 keys and the rows of 0 people" in caplog.text
    with pytest.raises(Undecipherable):
        await fresh(service.keys).keys.get(KeyId(anna, 1))
    assert await fresh(service.keys).keys.get(KeyId(boris, 1))
    # Who comes back gets the next one, and keeps it.
    assert (await fresh(service.keys).keys.begin(anna)).id == KeyId(anna, 2)
    caplog.clear()
    assert await service.starts() == 0
    assert await fresh(service.keys).keys.get(KeyId(anna, 2))
    assert caplog.text == ""


async def test_rows_and_workflows_that_a_backup_brings_back_are_erased_again(
    service: Service, parts: Parts, pool: asyncpg.Pool, own_namespace: TimeSkipper, tmp_path: Path
) -> None:
    anna, boris = Someone(parts), Someone(parts)
    client = service.client
    for each in (anna, boris):
        await service.keys.keys.begin(each.user_ref)
        await each.opens()
    session = await client.start_workflow("NobodyRunsIt", id=SESSION_ID.of(anna.user_ref), task_queue="nobody")
    await service.erases(anna.user_ref)
    # The dump is from before, and knows neither of the erasure nor of its tombstone.
    await pool.execute("DELETE FROM account_system.destroyed_keys")
    await anna.opens()

    assert await service.starts() == 1
    known = await pool.fetch("SELECT user_ref FROM onboarding_system.people")
    assert {anna.user_ref, boris.user_ref} & {row["user_ref"] for row in known} == {boris.user_ref}
    sweep = client.get_workflow_handle(SWEEP_ID.of(anna.user_ref, "restored"))
    assert (await sweep.describe()).task_queue == TASK_QUEUE
    async with (
        workers_of(client, parts, Engine(), sandbox=False),
        served(own_namespace, pool, tmp_path),
    ):
        await own_namespace.fast_forward(sweep, policies.IN_FLIGHT)
        await asyncio.wait_for(sweep.result(), PATIENCE)
    async with asyncio.timeout(PATIENCE):
        while (await client.count_workflows(f"WorkflowId = '{session.id}'")).count:
            await asyncio.sleep(0.1)
    assert await service.starts() == 0


async def test_who_never_had_a_key_and_their_identities_are_erased_for_good_too(
    service: Service, parts: Parts, pool: asyncpg.Pool
) -> None:
    anna, identities = Someone(parts), service.keys.identities(PEPPER)
    stranger = await identities.person_of("web", "anna")
    await identities.link("web", "anna", anna.user_ref)
    await anna.opens()
    await service.erases(anna.user_ref)
    assert await fresh(service.keys).identities(PEPPER).person_of("web", "anna") == stranger
    await pool.execute("DELETE FROM account_system.destroyed_keys")
    await anna.opens()
    assert await service.starts() == 1
    assert not await pool.fetch("SELECT FROM onboarding_system.people WHERE user_ref = $1", anna.user_ref)


async def test_an_erasure_that_ends_between_its_two_tombstones_goes_on(service: Service) -> None:
    anna = "a" * 16
    await service.keys.keys.begin(anna)
    service.store.rename(service.backup)
    with pytest.raises(KeysAway):
        await service.erases(anna)
    service.backup.rename(service.store)
    await service.tombstones.keep(KeyId(anna, 1))
    # A start meanwhile does of it what it knows; nothing is taken for a restored dump.
    assert await service.starts() == 1
    await service.erases(anna)
    with pytest.raises(Undecipherable):
        await fresh(service.keys).keys.get(KeyId(anna, 1))
    assert await service.starts() == 0


async def test_what_is_long_past_is_forgotten_on_both_sides(service: Service, pool: asyncpg.Pool) -> None:
    anna, boris = "a" * 16, "b" * 16
    await service.tombstones.keep(KeyId(anna, 1))
    await pool.execute(
        "UPDATE account_system.destroyed_keys SET destroyed_at = destroyed_at - $1::interval", REMEMBERED_FOR + DAY
    )
    await service.keys.keys.begin(boris)
    await service.erases(boris)
    assert {each.key.owner for each in await service.tombstones.all(2 * REMEMBERED_FOR)} == {boris}
    (told,) = await service.keys.store.tombstones(DAY)
    (kept,) = await service.tombstones.all(DAY)
    assert told.key == kept.key == KeyId(boris, 1)
    assert abs(told.destroyed_at - kept.destroyed_at) < timedelta(minutes=1)


async def test_an_operator_has_everybody_erased_again_after_a_restore_of_temporal(
    service: Service, parts: Parts
) -> None:
    anna = Someone(parts)
    await service.keys.keys.begin(anna.user_ref)
    await service.erases(anna.user_ref)
    assert await service.starts() == 0
    assert await service.starts(everybody=True) == 1
    assert await service.client.get_workflow_handle(SWEEP_ID.of(anna.user_ref, "restored")).describe()


async def test_after_all_was_restored_whoever_was_erased_before_is_erased_again(
    service: Service, parts: Parts, pool: asyncpg.Pool, database_url: str, tmp_path: Path
) -> None:
    """No database remembers them any more, but for what lies beside the backups."""
    anna, boris = Someone(parts), Someone(parts)
    for each in (anna, boris):
        await service.keys.keys.begin(each.user_ref)
        await each.opens()
    home = Home(tmp_path)
    keep_for_the_start(home, [Tombstone(KeyId(anna.user_ref, 1), datetime.now(UTC))])
    await erase_restored(home, service.client, Role.WORKER.at(database_url), service.keys)
    known = {row["user_ref"] for row in await pool.fetch("SELECT user_ref FROM onboarding_system.people")}
    assert {anna.user_ref, boris.user_ref} & known == {boris.user_ref}
    assert await service.client.get_workflow_handle(SWEEP_ID.of(anna.user_ref, "restored")).describe()
    assert not home.restored.exists()
