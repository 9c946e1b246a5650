"""The doctor looks whether people's keys can be used, and at nothing that they encrypt; and what was sent in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncpg
import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.encryption.data_keys import DataKeys
from activities.encryption.master_keys import KeyRing
from activities.encryption.postgres_key_store import PostgresKeyStore
from schema.onboarding.names import TASK_QUEUE
from schema.profile.names import VECTORS_QUEUE
from tests import servers
from tests.stack.conftest import Said

Run = Callable[..., Said]


@activity.defn
async def nothing() -> None:
    """What a worker is there for."""


@pytest.fixture
async def kept(there: dict[str, str]) -> dict[str, str]:
    """Settings whose key store holds keys of two people."""
    async with asyncpg.create_pool(there["KEYS_DATABASE_URL"], min_size=1) as pool:
        keys = DataKeys(PostgresKeyStore(pool), KeyRing.parse(there["SELFOLOGY_MASTER_KEYS"]))
        for person in ("a" * 16, "b" * 16):
            await keys.newest(person)
    return there


def line_of_keys(said: Said) -> str:
    (line,) = [line for line in said.output.splitlines() if "Keys        " in line]
    return line


async def test_keys_that_open_are_counted(in_process: Run, kept: dict[str, str]) -> None:
    said = await asyncio.to_thread(in_process, "doctor", **kept)
    assert said.code == 0, said.all
    assert line_of_keys(said) == "ok     Keys        2 under 1 master keys, all of which open; the newest is test"
    said = await asyncio.to_thread(in_process, "doctor", **kept, SELFOLOGY_ENCRYPTION="false")
    assert "texts are written in clear" in line_of_keys(said)


async def test_what_was_sent_again_in_doubt_is_counted(in_process: Run, there: dict[str, str]) -> None:
    async with asyncpg.create_pool(there["DATABASE_URL"], min_size=1) as pool:
        await pool.execute("TRUNCATE telegram_system.sends")
        for part, (state, again) in enumerate([("sent", True), ("sent", False), ("unknown", True), ("unknown", False)]):
            await pool.execute(
                "INSERT INTO telegram_system.sends (bot_id, delivery_key, part, state, in_doubt, message_id)"
                " VALUES (1, 'coach:r', $1, $2, $3, 7)",
                *(part, state, again),
            )
    said = await asyncio.to_thread(in_process, "doctor", **there)
    (line,) = [line for line in said.output.splitlines() if "Telegram    " in line]
    assert "in a week 2 messages were sent again" in line
    assert "whether 2 have come at all is not known" in line


async def test_who_works_and_what_waits_is_told_for_each_queue(
    in_process: Run, there: dict[str, str], env: WorkflowEnvironment
) -> None:
    client = (await servers.namespace(env)).client
    for number in range(2):
        await client.start_workflow("OnboardingSession", id=f"onboarding-{number}", task_queue=TASK_QUEUE)

    async def told(queue: str) -> str:
        said = await asyncio.to_thread(in_process, "doctor", **there | {"TEMPORAL_NAMESPACE": client.namespace})
        (line,) = [line for line in said.output.splitlines() if f"Tasks       {queue}:" in line]
        return line.split(": ", 1)[1]

    assert await told("onboarding") == "nobody asks: `selfology worker` does, 2 tasks wait"
    async with Worker(client, task_queue=VECTORS_QUEUE, activities=[nothing]), asyncio.timeout(30):
        while await told("vectors") != "1 processes ask":
            await asyncio.sleep(0.05)


async def test_a_master_key_that_is_missing_or_another_is_told(in_process: Run, kept: dict[str, str]) -> None:
    for name, told in (("other", "master key test, which the ring lacks"), ("test", "damaged")):
        wrong = kept | {"SELFOLOGY_MASTER_KEYS": KeyRing.new_word(name)}
        said = await asyncio.to_thread(in_process, "doctor", **wrong)
        assert said.code == 2
        assert line_of_keys(said).startswith("wrong  Keys        ")
        assert told in line_of_keys(said)


async def test_a_key_store_that_is_away_is_told(in_process: Run, kept: dict[str, str]) -> None:
    away = kept | {"KEYS_DATABASE_URL": "postgresql://somebody@127.0.0.1:1/keys"}
    said = await asyncio.to_thread(in_process, "doctor", **away)
    assert said.code == 2
    assert "127.0.0.1:1" in line_of_keys(said)


@pytest.mark.parametrize("command", [("keys", "status"), ("doctor",)])
async def test_who_holds_the_master_keys_and_is_away_is_told(
    in_process: Run, there: dict[str, str], command: tuple[str, ...]
) -> None:
    vault = {"SELFOLOGY_VAULT_ADDRESS": "http://127.0.0.1:1", "SELFOLOGY_VAULT_TOKEN": "s.of-this-test"}
    said = await asyncio.to_thread(in_process, *command, **there, **vault)
    assert said.code == 2
    assert "Vault is away or sealed" in said.all
    assert "Traceback" not in said.all
