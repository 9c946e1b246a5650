"""A home's data is backed up while it is written, verified by restoring it, and put back after all of it is lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from pyrage import x25519

from activities.account.tombstones import PostgresTombstones
from schema.backup.manifest import Backup
from schema.errors import Undecipherable
from schema.keys.key_id import KeyId
from schema.operator_error import OperatorError
from tests.keys import encryption_of, key_file
from tests.scratch import scratch
from tests.stack.conftest import Said, one_line
from workers.migrations import migrate
from workers.settings import Settings
from workers.stack.backup.archive import KEYS_KEPT, MANIFEST, BackedUp, BackupDirectory
from workers.stack.backup.archiver import Archiver
from workers.stack.backup.creation import Progress, create_backup
from workers.stack.backup.restoring import Restored, Wanted, restore
from workers.stack.backup.settings import BackupKeys
from workers.stack.backup.verification import verify_backup
from workers.stack.home import Home
from workers.stack.locks import FileLock
from workers.stack.postgres import PostgresServer
from workflows.operations.rules.retention import DAILY, kept

EVERY = timedelta(seconds=30)
ANNA, BORIS, CLARA = "a" * 16, "b" * 16, "c" * 16


@dataclass
class Service:
    """A home whose servers run, and who archives its data."""

    of: BackedUp
    postgres: PostgresServer
    archiver: Archiver

    @property
    def home(self) -> Home:
        return self.of.home

    async def starts(self) -> None:
        """Begins, as the supervisor would."""
        await self.postgres.launch()
        await self.postgres.ready()
        self.archiver = Archiver(self.of, self.postgres.database_url, EVERY)
        await self.archiver.begin()

    async def backs_up(self) -> Backup:
        made = await create_backup(self.archiver, Progress())
        return self.of.archive.backup(made.name)

    async def meets(self, person: str) -> None:
        """Keeps somebody in all three places."""
        await encryption_of(self.home).keys.begin(person)
        with closing(sqlite3.connect(self.home.temporal)) as histories, histories:
            histories.execute("INSERT INTO executions VALUES (?)", (person,))
        async with self.archiver.connected() as connection:
            await connection.execute(
                "INSERT INTO onboarding_system.people (user_ref, locale, consented_at) VALUES ($1, 'en', now())", person
            )

    async def erases(self, person: str) -> None:
        """Destroys somebody's key, as an erasure does first."""
        async with asyncpg.create_pool(self.postgres.database_url, min_size=1, max_size=1) as pool:
            await PostgresTombstones(pool).keep(KeyId(person, 1))
            await pool.execute("DELETE FROM onboarding_system.people WHERE user_ref = $1", person)
        await encryption_of(self.home).keys.destroy(KeyId(person, 1))
        await self.archiver.remember_erasures()

    async def archives(self) -> None:
        """What is done every few minutes."""
        await self.archiver.archive_changes()

    async def loses_all(self) -> None:
        """The disk is gone, but for what is in no backup and was put back."""
        self.postgres.kill()
        assert self.postgres.process
        await self.postgres.process.wait()
        shutil.rmtree(self.home.postgres)
        for file in (*self.home.root.glob("temporal.db*"), self.home.keys):
            file.unlink()

    async def restores(self, wanted: Wanted | None = None) -> Restored:
        return await restore(settings_of(self.home), self.of, wanted or Wanted(), Progress())

    async def people(self) -> set[str]:
        async with self.archiver.connected() as connection:
            return {row["user_ref"] for row in await connection.fetch("TABLE onboarding_system.people")}

    def histories(self) -> set[str]:
        with closing(sqlite3.connect(self.home.temporal)) as database:
            return {row[0] for row in database.execute("SELECT * FROM executions")}


def settings_of(home: Home) -> Settings:
    return Settings(home=home.root)


@pytest.fixture(scope="module")
async def service() -> AsyncIterator[Service]:
    """A home with a database, keys, and a file in the place of Temporal's."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="selfology-", dir=scratch()) as root:
        for name in ("DATABASE_URL", "KEYS_DATABASE_URL", "TEMPORAL_ADDRESS"):
            patch.delenv(name, raising=False)
        patch.chdir(root)
        patch.setenv("TEMPORAL_CONFIG_FILE", f"{root}/none.toml")
        home = Home.prepared(Path(root, "home"))
        os.chmod(root, 0o711)
        home.kept_pepper()
        home.kept_master_keys()
        key_file(home.keys)
        with closing(sqlite3.connect(home.temporal)) as histories:
            histories.execute("PRAGMA journal_mode = WAL")
            histories.execute("CREATE TABLE executions (user_ref text)")
        identity = x25519.Identity.generate()
        archive = BackupDirectory(Path(root, "backups"), Path(root, "keys"))
        of = BackedUp(home, archive, BackupKeys(identity.to_public(), identity))
        postgres = PostgresServer(home, archives_every=EVERY)
        service = Service(of, postgres, Archiver(of, postgres.database_url, EVERY))
        try:
            await postgres.launch()
            await postgres.ready()
            await migrate(postgres.database_url)
            await service.archiver.begin()
            yield service
        finally:
            await postgres.stop()


@pytest.fixture(scope="module")
async def backup(service: Service) -> Backup:
    """A backup that knows of Anna and Boris."""
    await service.meets(ANNA)
    await service.meets(BORIS)
    return await service.backs_up()


async def test_a_backup_is_restored_elsewhere_and_compared_while_people_go_on(service: Service, backup: Backup) -> None:
    await service.meets(CLARA)
    verified = await verify_backup(service.of, backup, Progress())
    assert verified.rows == backup.rows > len(backup.tables) / 2
    assert backup.tables["onboarding_system.people"].rows == 2
    assert service.of.archive.verified(backup.name) == verified
    assert not [path for path in service.home.root.iterdir() if path.name.startswith("verifying")]
    # The moment is Anna's and Boris's, whoever comes while it is counted.
    assert await service.people() == {ANNA, BORIS, CLARA}


async def test_a_backup_that_is_not_what_its_manifest_says_is_refused(service: Service, backup: Backup) -> None:
    people = backup.tables["onboarding_system.people"]
    other = people.model_copy(update={"checksum": f"{int(people.checksum) + 1}"})
    wrong = backup.model_copy(update={"tables": {**backup.tables, "onboarding_system.people": other}})
    with pytest.raises(OperatorError, match=r"onboarding_system\.people differ"):
        await verify_backup(service.of, wrong, Progress())


Change = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("backups/*/postgres.tar.zst.age", lambda data: data[:-1], "is cut off"),
        ("backups/*/postgres.tar.zst.age", lambda data: data[:9999] + b"?" + data[10000:], "is damaged"),
        ("points/*/temporal.db.zst.age", lambda data: b"", "is cut off"),
        ("backups/*/manifest.json", lambda data: data[:-9], "is damaged"),
        ("backups/*/manifest.json", lambda data: data.replace(b'"format": 1', b'"format": 2'), "of a newer version"),
        ("backups/*/manifest.json", lambda data: data.replace(b'_version": 18', b'_version": 17'), "PostgreSQL 17"),
        ("backups/*/manifest.json", lambda data: data.replace(b'": "age1', b'": "age1q'), "encrypted to another key"),
        ("archive.json", lambda data: data.replace(b'identifier":"', b'identifier":"9'), "backups of another home"),
        ("archive.json", lambda data: b"", "is damaged"),
    ],
)
async def test_a_damaged_or_foreign_backup_is_refused_before_anything_is_touched(
    service: Service, backup: Backup, file: str, change: Change, said: str
) -> None:
    before = tree(service.home)
    changed = [path for path in service.of.archive.root.glob(file) if path.is_file()]
    assert changed
    kept = {path: path.read_bytes() for path in changed}
    try:
        for path, data in kept.items():
            assert change(data) != data
            path.write_bytes(change(data))
        with pytest.raises(OperatorError, match=said) as refused:
            await service.restores()
        assert "\n" not in str(refused.value)
    finally:
        for path, data in kept.items():
            path.write_bytes(data)
    assert tree(service.home) == before
    assert await service.people() >= {ANNA, BORIS}


def tree(home: Home) -> set[str]:
    """What is in a home, but for locks."""
    return {path.name for path in home.root.iterdir() if path.suffix != ".lock"}


async def test_a_home_that_is_used_or_lacks_what_no_backup_has_is_refused(service: Service, backup: Backup) -> None:
    lock = FileLock(service.home.stack_lock)
    assert lock.try_exclusive()
    with pytest.raises(OperatorError, match="end what uses it first"):
        await service.restores()
    lock.close()
    for file in (service.home.master_keys, service.home.pepper):
        aside = file.rename(file.with_suffix(".aside"))
        with pytest.raises(OperatorError, match=f"Put {file} back first"):
            await service.restores()
        aside.rename(file)
    elsewhere = service.of._replace(keys=BackupKeys(service.of.keys.recipient, None))
    with pytest.raises(OperatorError, match="set SELFOLOGY_BACKUP_IDENTITY"):
        await restore(settings_of(service.home), elsewhere, Wanted(), Progress())


async def test_all_that_was_archived_comes_back_but_for_who_was_erased(service: Service, backup: Backup) -> None:
    await service.archives()
    await service.erases(BORIS)
    await service.loses_all()

    done = await service.restores()
    assert (done.backup, done.erased, done.keys_from != "") == (backup.name, 1, True)
    assert done.aside.parent == service.home.root
    await service.starts()
    # PostgreSQL's log ends before the erasure; the next start deletes him there (`erase_restored`).
    assert await service.people() == {ANNA, BORIS, CLARA}
    assert service.histories() == {ANNA, BORIS, CLARA}
    assert BORIS in service.home.restored.read_text()
    keys = encryption_of(service.home).keys
    assert await keys.get(KeyId(ANNA, 1))
    with pytest.raises(Undecipherable):
        await keys.get(KeyId(BORIS, 1))


@pytest.mark.long
async def test_one_may_return_to_a_backup_s_own_moment_or_to_one_between_and_keeps_the_newest_keys(
    service: Service, backup: Backup
) -> None:
    service.home.restored.unlink(missing_ok=True)
    second = await service.backs_up()
    async with service.archiver.connected() as connection:
        before = await connection.fetchval("SELECT clock_timestamp()")
    await asyncio.sleep(1)
    await service.meets("d" * 16)
    await service.archives()
    await service.postgres.stop()
    done = await service.restores(Wanted(second.name, newest=False))
    assert done.keys_from == ""
    await service.starts()
    assert await service.people() == {ANNA, BORIS, CLARA} == service.histories()
    # Keys are never older than what they open.
    assert await encryption_of(service.home).keys.get(KeyId("d" * 16, 1))
    # What came after that moment is no part of this home any more, and is not lost.
    assert service.of.archive.names()[-1] == second.name
    assert list(service.of.archive.root.glob("set-aside-*/points/*"))

    third = await service.backs_up()
    await verify_backup(service.of, third, Progress())
    assert before.tzinfo
    await service.postgres.stop()
    with pytest.raises(OperatorError, match="is older than that moment"):
        await service.restores(Wanted(moment=datetime(2020, 1, 1, tzinfo=UTC)))
    with pytest.raises(OperatorError, match="ends before that moment"):
        await service.restores(Wanted(moment=datetime.max.replace(tzinfo=UTC, year=2200)))
    await service.starts()


async def test_a_log_with_a_gap_is_told_and_nothing_is_changed(service: Service) -> None:
    newest = service.of.archive.backup(None)
    await service.meets("e" * 16)
    await service.archives()
    await service.meets("f" * 16)
    await service.archives()
    last_but_one, _ = service.of.archive.segments()[-2:]
    assert last_but_one > newest.last_wal
    gone = service.of.archive.wal / f"{last_but_one}.zst.age"
    data = gone.read_bytes()
    gone.unlink()
    await service.postgres.stop()
    before = tree(service.home)
    with pytest.raises(OperatorError, match=f"{last_but_one}.zst.age is missing"):
        await service.restores()
    gone.write_bytes(data[:-20])
    with pytest.raises(OperatorError, match=f"{last_but_one}.zst.age is damaged"):
        await service.restores()
    gone.write_bytes(data)
    assert tree(service.home) == before
    await service.starts()
    assert {"e" * 16, "f" * 16} <= await service.people()


async def test_what_is_no_longer_kept_goes_with_the_log_that_only_it_needed(service: Service) -> None:
    archive = service.of.archive
    earlier, newest = archive.names()[-1], await service.backs_up()
    assert archive.thin_out(kept, newest.made_at, DAILY)[-1] == earlier
    assert archive.names() == [newest.name]
    assert min(segment[8:] for segment in archive.segments()) >= newest.first_wal[8:]
    await verify_backup(service.of, newest, Progress())
    for copy in archive.all_key_copies()[:-1]:
        old = copy.model_copy(update={"made_at": copy.made_at - KEYS_KEPT - timedelta(days=1)})
        archive.keep(archive.keys / copy.name, old)
    # Whether or not a key has changed since.
    await service.archiver.measure()
    assert len(archive.all_key_copies()) == 1
    assert (archive.keys / archive.all_key_copies()[0].name / MANIFEST).exists()


def test_commands_without_backups_say_so_in_one_line(in_process: Callable[..., Said], tmp_path: Path) -> None:
    assert "set SELFOLOGY_BACKUPS to a directory" in one_line(in_process("backup", "list"))
    empty = {"SELFOLOGY_BACKUPS": str(tmp_path)}
    for command in (("list",), ("verify",), ("restore", "--yes")):
        said = one_line(in_process("backup", *command, **empty))
        assert "is no directory of backups" in said or "The backup's identity is neither" in said
    assert "takes a moment" in one_line(in_process("backup", "restore", "--yes", "--to", "soon", **empty))


def test_backups_are_of_a_home_with_servers_of_its_own(in_process: Callable[..., Said], tmp_path: Path) -> None:
    identity = str(x25519.Identity.generate())
    elsewhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/selfology", "SELFOLOGY_BACKUP_IDENTITY": identity}
    said = in_process("backup", "restore", "--yes", SELFOLOGY_BACKUPS=str(tmp_path), **elsewhere)
    assert "docs/backup.md tells how to back up" in one_line(said)
    assert identity not in said.all
