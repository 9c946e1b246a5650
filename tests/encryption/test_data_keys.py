"""Keys: one an owner, wrapped, shared by processes, destroyed for good."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.encryption.column import MARK, TextColumns
from activities.encryption.data_key import DataKey
from activities.encryption.data_keys import DataKeys
from activities.encryption.key_store import KeyStore
from activities.encryption.master_keys import KeyRing
from activities.encryption.postgres_key_store import PostgresKeyStore
from activities.encryption.sqlite_key_store import SQLiteKeyStore
from schema.account.names import ERASE_ID
from schema.encrypted_columns import CRISIS_HEARD, MESSAGE
from schema.errors import KeysAway, Undecipherable
from schema.keys.key_id import SYSTEM, KeyId, owner_of
from schema.onboarding.names import SESSION_ID
from tests.keys import key_file
from workers.migrations import KEY_MIGRATIONS, migrate

RING = KeyRing.parse(KeyRing.new_word("first"))
ANNA, BORIS = "a" * 16, "b" * 16
ROW = {"session_id": "s", "update_id": "7", "answer_id": "a"}


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> AsyncIterator[KeyStore]:
    """A key store of each kind, migrated and empty."""
    if request.param == "sqlite":
        yield key_file(tmp_path / "keys.db")
        return
    url = database_url.replace("/selfology?", "/keys?")
    await migrate(url, KEY_MIGRATIONS / "postgres")
    async with asyncpg.create_pool(url, min_size=1) as pool:
        await pool.execute("TRUNCATE data_keys, destroyed_keys")
        yield PostgresKeyStore(pool)


async def test_processes_that_meet_a_person_at_once_make_one_key(store: KeyStore) -> None:
    several = [DataKeys(store, RING) for _ in range(8)]
    keys = await asyncio.gather(*(process.newest(ANNA) for process in several))
    assert {key.id for key in keys} == {KeyId(ANNA, 1)}
    sealed = keys[0].seal(b"words", "place")
    assert all(key.open(sealed, "place") == b"words" for key in keys)


async def test_a_destroyed_key_opens_nothing_and_whoever_writes_late_gets_no_new_one(store: KeyStore) -> None:
    here, late = DataKeys(store, RING), DataKeys(store, RING)
    sealed = (await here.newest(ANNA)).seal(b"words", "place")
    await here.destroy(KeyId(ANNA, 1))
    for process in (here, late):
        with pytest.raises(Undecipherable, match="is destroyed"):
            await process.get(KeyId(ANNA, 1))
        with pytest.raises(Undecipherable, match="is destroyed"):
            await process.newest(ANNA)
    # The person comes back: another key, which opens nothing of before.
    anew = await here.begin(ANNA)
    assert anew.id == KeyId(ANNA, 2)
    assert (await late.newest(ANNA)).id == KeyId(ANNA, 2)
    with pytest.raises(Undecipherable):
        anew.open(sealed, "place")


async def test_a_process_learns_of_the_newer_key_from_what_it_reads(store: KeyStore) -> None:
    bot, worker = DataKeys(store, RING), DataKeys(store, RING)
    await worker.newest(ANNA)
    await bot.destroy(KeyId(ANNA, 1))
    newer = await bot.begin(ANNA)
    # It still holds the old key, and is sent something under the new one.
    await worker.get(newer.id)
    assert (await worker.newest(ANNA)).id == newer.id


async def test_what_is_destroyed_is_remembered_and_a_later_key_stays(store: KeyStore) -> None:
    keys = DataKeys(store, RING)
    assert await keys.last(ANNA) == KeyId(ANNA, 1)
    first = (await keys.begin(ANNA)).id
    await keys.destroy(first)
    second = (await keys.begin(ANNA)).id
    # A start after a restore destroys again what was destroyed before.
    await keys.destroy(first)
    assert await keys.last(ANNA) == second
    assert await DataKeys(store, RING).get(second)
    await DataKeys(store, RING).begin(BORIS)
    (told,) = await store.tombstones(timedelta(days=1))
    assert told.key == first
    assert await store.tombstones(timedelta(0)) == []
    # And what a restored store never had, as of the time when it was.
    before = (datetime.now(UTC) - timedelta(days=2)).replace(microsecond=678000)
    await store.destroy(KeyId(BORIS, 7), before)
    assert {each.key: each.destroyed_at for each in await store.tombstones(timedelta(days=9999))}[
        KeyId(BORIS, 7)
    ] == before
    assert (await keys.begin(BORIS)).id == KeyId(BORIS, 8)


async def test_the_system_has_a_key_of_its_own(store: KeyStore) -> None:
    assert (await DataKeys(store, RING).newest(SYSTEM)).id == KeyId(SYSTEM, 1)
    assert owner_of(SESSION_ID.of(ANNA)) == ANNA
    assert owner_of(ERASE_ID.of(ANNA)) == owner_of("rewrap-keys") == owner_of(None) == SYSTEM


async def test_what_is_kept_is_wrapped_and_bound_to_its_owner(store: KeyStore) -> None:
    keys = DataKeys(store, RING)
    await keys.newest(ANNA)
    await keys.newest(BORIS)
    annas, boris = await store.page(None, 10)
    assert await store.page(annas.id, 10) == [boris]
    assert await store.count() == {"first": 2}
    # Somebody swaps two wrapped keys in the store.
    await store.replace(annas, annas._replace(wrapped=boris.wrapped))
    with pytest.raises(Undecipherable, match="damaged"):
        await DataKeys(store, RING).newest(ANNA)
    assert await DataKeys(store, RING).newest(BORIS)


async def test_what_needs_a_master_key_that_the_ring_lacks_waits_until_it_is_put_back(store: KeyStore) -> None:
    key = await DataKeys(store, RING).newest(ANNA)
    column, row = MESSAGE, {"session_id": "s", "update_id": "u"}
    sealed = await TextColumns(DataKeys(store, RING)).seal(ANNA, "My words.", column, row)
    other = KeyRing.parse(KeyRing.new_word("second"))
    # Temporal retries it: it is no failure for good, and no text is taken for one that nobody can read.
    for needs_it in (
        DataKeys(store, other).newest(ANNA),
        DataKeys(store, other).get(key.id),
        TextColumns(DataKeys(store, other)).open(sealed, column, row),
    ):
        with pytest.raises(KeysAway, match="master key first, which the ring lacks: put it back"):
            await needs_it
    assert await TextColumns(DataKeys(store, RING)).open(sealed, column, row) == "My words."


def test_a_bad_ring_is_refused_without_being_quoted() -> None:
    secret = KeyRing.new_word("first")
    for bad in ("", "first", "first:abc", f"{secret} {secret}", f"{secret} b:{secret[10:]}", "a b:c"):
        with pytest.raises(ValueError, match="look at word") as refused:
            KeyRing.parse(bad)
        assert secret.partition(":")[2] not in str(refused.value)


async def test_no_byte_of_a_destroyed_key_is_left_in_the_file(tmp_path: Path) -> None:
    store = key_file(tmp_path / "keys.db")
    keys = DataKeys(store, RING)
    for number in range(50):
        await keys.newest(f"{number:016}")
    (first, *_) = await store.page(None, 1)
    assert first.wrapped.encode() in (tmp_path / "keys.db").read_bytes()
    await keys.destroy(first.id)
    assert os.listdir(tmp_path) == ["keys.db"]
    assert first.wrapped.encode() not in (tmp_path / "keys.db").read_bytes()


async def test_a_store_that_is_away_is_no_destroyed_key(tmp_path: Path) -> None:
    keys = DataKeys(SQLiteKeyStore(tmp_path / "nowhere.db"), RING)
    with pytest.raises(KeysAway, match=r"nowhere\.db can't be used"):
        await keys.newest(ANNA)
    (tmp_path / "nowhere.db").write_bytes(b"no database at all, but long enough to be looked at" * 9)
    with pytest.raises(KeysAway):
        await keys.get(KeyId(ANNA, 1))
    # It comes back, and with it the key.
    (tmp_path / "nowhere.db").unlink()
    key_file(tmp_path / "nowhere.db")
    assert await keys.newest(ANNA)


KEY = DataKey(KeyId(ANNA, 1), DataKey.random())
SEALED = KEY.seal("Я не сплю.".encode(), "place")


@given(st.data())
def test_a_changed_ciphertext_is_refused_without_a_word_of_it(data: st.DataObject) -> None:
    is_refused(data)


@pytest.mark.long
@settings(max_examples=10_000)
@given(st.data())
def test_ten_thousand_changed_ciphertexts_are_refused(data: st.DataObject) -> None:
    is_refused(data)


def is_refused(data: st.DataObject) -> None:
    """Changes the ciphertext in some way, and tries to open it."""
    change = data.draw(st.sampled_from(["bit", "cut", "longer", "other"]))
    match change:
        case "bit":
            place, bit = data.draw(st.integers(0, len(SEALED) - 1)), data.draw(st.integers(0, 7))
            changed = SEALED[:place] + bytes([SEALED[place] ^ 1 << bit]) + SEALED[place + 1 :]
        case "cut":
            changed = SEALED[: data.draw(st.integers(0, len(SEALED) - 1))]
        case "longer":
            changed = SEALED + data.draw(st.binary(min_size=1, max_size=20))
        case _:
            changed = data.draw(st.binary(max_size=60))
    with pytest.raises(Undecipherable) as refused:
        KEY.open(changed, "place")
    assert "сплю" not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_a_text_is_read_only_in_its_own_row_and_column(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    columns = TextColumns(DataKeys(key_file(tmp_path / "keys.db"), RING))
    kept = await columns.seal(ANNA, "Я не сплю.", MESSAGE, ROW)
    assert kept.startswith(MARK)
    assert "сплю" not in kept
    assert await columns.open(kept, MESSAGE, ROW) == "Я не сплю."
    assert kept != await columns.seal(ANNA, "Я не сплю.", MESSAGE, ROW)
    for column, row in ((MESSAGE, ROW | {"update_id": "8"}), (CRISIS_HEARD, ROW)):
        assert await columns.open(kept, column, row) is None
    for damaged in (kept[:-9], f"{MARK}nonsense", f"{MARK}{ANNA}.1:###", kept.replace(ANNA, BORIS)):
        assert await columns.open(damaged, MESSAGE, ROW) is None
    assert caplog.text.count(" is left out: ") == 6
    assert await columns.open("Written before.", MESSAGE, ROW) == "Written before."


async def test_the_release_before_is_written_for_in_clear(tmp_path: Path) -> None:
    keys = DataKeys(key_file(tmp_path / "keys.db"), RING)
    before, after = TextColumns(keys, writes=False), TextColumns(keys)
    assert await before.seal(ANNA, "words", MESSAGE, ROW) == "words"
    assert await before.open(await after.seal(ANNA, "words", MESSAGE, ROW), MESSAGE, ROW) == "words"


def test_the_file_of_keys_takes_what_its_migration_makes(tmp_path: Path) -> None:
    key_file(tmp_path / "keys.db")
    with sqlite3.connect(tmp_path / "keys.db") as database:
        for migration in sorted((KEY_MIGRATIONS / "sqlite").glob("*.sql"), reverse=True):
            database.executescript(migration.read_text().partition("-- migrate:down")[2])
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
