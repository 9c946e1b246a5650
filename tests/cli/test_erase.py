"""An operator erases who has asked for it by letter: as if the person had asked in their channel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from io import StringIO

import asyncpg
import pytest
from pydantic import SecretStr

from activities.encryption.identities import StoredIdentities
from activities.encryption.postgres_key_store import PostgresKeyStore
from tests.account.traces import rows_about
from tests.people.person import People
from tests.stack.conftest import Said, one_line

Run = Callable[..., Said]
PEPPER = "a-pepper-of-this-test"


@pytest.fixture
def there(there: dict[str, str]) -> dict[str, str]:
    # The workers of this process have keys of their own, and read clear payloads as well.
    return there | {"SELFOLOGY_PEPPER": PEPPER, "SELFOLOGY_ENCRYPTION": "false"}


async def test_who_asked_by_letter_is_erased(in_process: Run, there: dict[str, str], people: People) -> None:
    anna = people.person()
    await anna.begins()
    async with asyncpg.create_pool(there["KEYS_DATABASE_URL"], min_size=1) as keys:
        identities = StoredIdentities(PostgresKeyStore(keys), SecretStr(PEPPER))
        await identities.link("terminal", "anna", anna.user_ref)
    said = await asyncio.to_thread(in_process, "erase", "--terminal", "anna", "--yes", **there)
    assert said.code == 0, said.all
    assert f"erase-{anna.user_ref}" in said.output
    async with asyncio.timeout(30):
        while await rows_about(people.pool, anna.user_ref):
            await asyncio.sleep(0.05)


def test_who_is_not_known_is_not_erased(in_process: Run, there: dict[str, str]) -> None:
    said = in_process("erase", "--telegram", "7", "--yes", **there | {"SELFOLOGY_ENCRYPTION": "true"})
    assert "Nothing is kept about anybody of this name" in one_line(said)


def test_whom_to_erase_is_said_by_one_name_and_confirmed(
    in_process: Run, there: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for names in ((), ("--terminal", ""), ("--terminal", "anna", "--telegram", "7")):
        assert "--telegram or --terminal" in one_line(in_process("erase", "--yes", *names, **there))
    # There is no terminal on which somebody could say yes.
    monkeypatch.setattr("sys.stdin", StringIO())
    said = in_process("erase", "--terminal", "anna", **there)
    assert "nothing brings it back" in said.output
    assert "It has begun" not in said.output
    assert said.errors == "selfology: Nothing was done.\n"
