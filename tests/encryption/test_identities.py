"""Several doors may lead to one person; whoever has only one is called as ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from activities.encryption.data_keys import DataKeys
from activities.encryption.identities import StoredIdentities
from activities.encryption.key_store import KeyStore
from schema.errors import KeysAway
from schema.identity import user_ref
from tests.encryption.test_data_keys import RING, store
from tests.keys import key_file

__all__ = ["store"]

PEPPER = SecretStr("a pepper of this test")
ANNA = user_ref(PEPPER, "telegram:7311223344")


def process(store: KeyStore) -> StoredIdentities:
    """One that has just begun."""
    return StoredIdentities(store, PEPPER)


async def test_who_has_one_door_is_called_as_ever(store: KeyStore) -> None:
    here = process(store)
    for _ in range(2):
        assert await here.person_of("telegram", "7311223344") == ANNA
    assert await here.person_of("terminal", "7311223344") == user_ref(PEPPER, "terminal:7311223344") != ANNA


async def test_two_doors_lead_to_one_person_until_they_are_erased(store: KeyStore) -> None:
    here, keys = process(store), DataKeys(store, RING)
    stranger = await here.person_of("web", "anna@example.org")
    await here.link("web", "anna@example.org", ANNA)
    for each in (here, process(store)):
        assert await each.person_of("web", "anna@example.org") == ANNA == await each.person_of("telegram", "7311223344")
    assert await here.person_of("web", "boris@example.org") not in (ANNA, stranger)
    first = (await keys.begin(ANNA)).id
    await keys.destroy(first)
    assert await process(store).person_of("web", "anna@example.org") == stranger
    # She comes back and links again; a start that destroys her old key again leaves that.
    await keys.begin(ANNA)
    await here.link("web", "anna@example.org", ANNA)
    await store.destroy(first)
    assert await process(store).person_of("web", "anna@example.org") == ANNA
    await here.link("web", "anna@example.org", stranger)
    assert await here.person_of("web", "anna@example.org") == stranger


async def test_no_name_of_a_door_is_kept(tmp_path: Path) -> None:
    await process(key_file(tmp_path / "keys.db")).link("telegram", "7311223344", ANNA)
    assert b"7311223344" not in (tmp_path / "keys.db").read_bytes()


async def test_who_was_met_a_moment_ago_is_known_while_the_store_is_away(tmp_path: Path) -> None:
    here = process(key_file(tmp_path / "keys.db"))
    assert await here.person_of("telegram", "7311223344") == ANNA
    (tmp_path / "keys.db").unlink()
    assert await here.person_of("telegram", "7311223344") == ANNA
    with pytest.raises(KeysAway):
        await here.person_of("telegram", "42")
