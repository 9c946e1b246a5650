"""A machine's own keys: made once, and never silently made anew in the place of those that are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema.keys.key_id import SYSTEM
from schema.operator_error import OperatorError
from tests.stack.conftest import no_servers
from workers.process_encryption import opened_encryption
from workers.stack.home import Home

__all__ = ["no_servers"]


@pytest.fixture
def home(no_servers: None, tmp_path: Path) -> Home:
    return Home.prepared(tmp_path / "home")


async def begun(home: Home) -> None:
    """Opens the keys as a process does, and uses one."""
    async with opened_encryption(home) as encryption:
        assert (await encryption.keys.newest(SYSTEM)).id.version == 1


async def test_keys_are_made_once(home: Home) -> None:
    await begun(home)
    made = home.master_keys.read_text()
    await begun(home)
    assert home.master_keys.read_text() == made


@pytest.mark.parametrize("missing", ["keys.db", "master-keys"])
async def test_what_is_missing_is_not_made_anew(home: Home, missing: str) -> None:
    await begun(home)
    (home.root / missing).rename(home.root / "away")
    with pytest.raises(OperatorError, match=f"{missing} is missing: put it back.*nobody's texts can be read"):
        await begun(home)
    (home.root / "away").rename(home.root / missing)
    await begun(home)


async def test_who_was_killed_at_the_first_start_begins_again(home: Home) -> None:
    home.keys.touch()
    await begun(home)


async def test_a_key_store_that_is_none_is_told(home: Home) -> None:
    await begun(home)
    home.keys.write_bytes(b"nonsense" * 1000)
    with pytest.raises(OperatorError, match=r"keys\.db can't be read .*: put it back from its newest backup"):
        await begun(home)
