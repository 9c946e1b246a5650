"""Puts a home's data back from its backups. Everything is made and checked beside the old data before that is moved."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from activities.encryption.key_store import REMEMBERED_FOR, Tombstone
from activities.encryption.sqlite_key_store import SQLiteKeyStore
from schema.backup.manifest import STAMP, Backup, RecoveryPoint
from schema.errors import Undecipherable
from schema.keys.key_id import KeyId
from schema.operator_error import OperatorError
from workers.database import database_connection
from workers.encryption.settings import EncryptionSettings
from workers.migrations import migrations_of
from workers.process_encryption import master_keys_of
from workers.settings import Settings
from workers.stack.backup.after_restore import keep_for_the_start
from workers.stack.backup.archive import BackedUp, BackupDirectory
from workers.stack.backup.copies import refuse_damaged
from workers.stack.backup.creation import Progress
from workers.stack.backup.erasures import erase_again, remembered_erasures
from workers.stack.backup.recovery import RecoveringServer, recovered, scratch
from workers.stack.backup.sealing import check, unseal
from workers.stack.backup.settings import refuse_other_servers
from workers.stack.backup.verification import refuse_changed, refuse_unreadable, unseal_temporal
from workers.stack.home import Home
from workers.stack.locks import FileLock
from workers.stack.postgres import PostgresServer, programs
from workers.stack.temporal_server import TemporalServer


class Wanted(NamedTuple):
    """To which moment one returns."""

    backup: str | None = None
    """The backup that is unpacked; the newest one that will do when None."""
    moment: datetime | None = None
    newest: bool = True
    """Whether all is taken that is archived, where no moment is named; else only what the backup knows."""

    @property
    def exactly(self) -> bool:
        """Whether it is the moment of the backup."""
        return self.moment is None and not self.newest


class Restored(NamedTuple):
    """What came of it."""

    backup: str
    up_to: datetime
    """When PostgreSQL's last transaction was."""
    point: RecoveryPoint
    people: int
    answers: int
    keys_from: str
    """The copy that the key store was taken from; empty where the home still had its own."""
    erased: int
    """How many people are erased again."""
    aside: Path
    """Where the old data is."""


@contextmanager
def nobody_else(home: Home) -> Iterator[None]:
    """Holds a home's locks. Raises `OperatorError` while anything runs there."""
    stack, clients = FileLock(home.stack_lock), FileLock(home.clients_lock)
    try:
        if not (clients.try_exclusive() and stack.try_exclusive()):
            raise OperatorError(f"Selfology runs in {home.root}: end what uses it first.")
        yield
    finally:
        clients.close()
        stack.close()


async def restore(settings: Settings, of: BackedUp, wanted: Wanted, progress: Progress) -> Restored:
    """Puts the data back. Raises `OperatorError`, in which case the home is as it was."""
    home, archive, keys = of
    refuse_other_servers(settings)
    with nobody_else(home):
        backup = _chosen(archive, wanted)
        _refuse_incomplete(home, settings)
        await _refuse_other_home(home, archive)
        refuse_unreadable(backup, keys)
        await refuse_changed(archive, backup, progress)
        _refuse_full(home, backup)
        for server in (PostgresServer(home), TemporalServer(home)):
            await server.end_leftovers()
        async with scratch(home, "restoring") as place:
            return await _restore(of, place, backup, wanted, progress)


async def _restore(of: BackedUp, place: Home, backup: Backup, wanted: Wanted, progress: Progress) -> Restored:
    home, archive, _ = of
    keys_from = await _restore_keys(of, place, progress)
    progress.begin("PostgreSQL", backup.postgres.size)
    async with recovered(
        of, place, backup, _target(backup, wanted), until="SELECT NOT pg_is_in_recovery()", told=progress.told
    ) as server:
        (await migrations_of(server.database_url)).refuse_newer()
        progress.begin("Temporal")
        reached, up_to, people, answers, destroyed = await _told(server)
        point = _point_before(archive, backup, wanted, reached)
        await unseal_temporal(of, point.name, place)
        progress.begin("erasures")
        store = SQLiteKeyStore(place.keys if keys_from else home.keys)
        erased = [*remembered_erasures(of), *destroyed, *await store.tombstones(REMEMBERED_FOR)]
        await erase_again(store, erased)
    progress.begin("the old data is moved aside")
    newest = {each.key.owner: each for each in sorted(erased, key=lambda each: each.key.version)}
    keep_for_the_start(home, list(newest.values()))
    stamp = datetime.now(UTC).strftime(STAMP)  # noqa: TID251 - the name of a directory of this machine
    aside = await asyncio.to_thread(_exchange, home, place, f"before-restore-{stamp}")
    if wanted.exactly or wanted.moment is not None:
        archive.set_aside_after(point.name, stamp)
    return Restored(
        backup=backup.name,
        up_to=up_to or backup.made_at,
        point=point,
        people=people,
        answers=answers,
        keys_from=keys_from,
        erased=len(newest),
        aside=aside,
    )


def _chosen(archive: BackupDirectory, wanted: Wanted) -> Backup:
    if wanted.moment is None or wanted.backup is not None:
        return archive.backup(wanted.backup)
    archive.archive()
    before = [backup for backup in archive.all_backups() if backup.made_at <= wanted.moment]
    if not before:
        raise OperatorError(f"No backup in {archive.root} is older than that moment.")
    return before[-1]


def _target(backup: Backup, wanted: Wanted) -> dict[str, str]:
    """The settings by which PostgreSQL ends its recovery, and becomes one that can be written to."""
    settings = {"recovery_target_action": "promote", "recovery_target_timeline": "latest"}
    # What it makes then, the history of its timeline, is archived at the next start.
    settings |= {"archive_mode": "on", "archive_command": ""}
    if wanted.exactly:
        return settings | {
            "recovery_target_name": backup.restore_point,
            "recovery_target_timeline": str(backup.timeline),
        }
    if wanted.moment is not None:
        return settings | {"recovery_target_time": wanted.moment.isoformat()}
    return settings


async def _told(server: RecoveringServer) -> tuple[str, datetime | None, int, int, list[Tombstone]]:
    async with database_connection(server.database_url) as connection:
        row = await connection.fetchrow(
            "SELECT pg_last_wal_replay_lsn()::text AS lsn, pg_last_xact_replay_timestamp() AS at,"
            " (SELECT count(*) FROM onboarding_system.people) AS people,"
            " (SELECT count(*) FROM onboarding_system.answers) AS answers"
        )
        rows = await connection.fetch("SELECT owner, version, destroyed_at FROM account_system.destroyed_keys")
    destroyed = [Tombstone(KeyId(each["owner"], each["version"]), each["destroyed_at"]) for each in rows]
    assert row is not None
    return row["lsn"], row["at"], row["people"], row["answers"], destroyed


def _point_before(archive: BackupDirectory, backup: Backup, wanted: Wanted, reached: str) -> RecoveryPoint:
    """The newest copy of Temporal's data that PostgreSQL, as it was recovered, is newer than."""
    if wanted.exactly:
        return archive.point(backup.point)
    points = [point for point in archive.all_points() if _place(point.lsn) <= _place(reached)]
    points = [point for point in points if wanted.moment is None or point.made_at <= wanted.moment]
    if _place(reached) < _place(backup.lsn) and wanted.moment is None:
        raise OperatorError(f"The log in {archive.wal} ends before backup {backup.name} does: it lacks segments.")
    if not points:
        raise OperatorError(f"There is no copy of Temporal's data from before that moment in {archive.points}.")
    return points[-1]


def _place(lsn: str) -> int:
    high, _, low = lsn.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


async def _restore_keys(of: BackedUp, place: Home, progress: Progress) -> str:
    """Takes the newest copy of the key store, unless the home has its own, which is newer than any copy."""
    progress.begin("keys")
    home, archive, keys = of
    copies = archive.all_key_copies()
    name, file = "", home.keys
    if not home.keys.exists():
        if not copies:
            raise OperatorError(f"There is no copy of the key store in {archive.keys}, nor one in {home.root}.")
        newest = copies[-1]
        name, file = newest.name, place.keys
        await asyncio.to_thread(check, newest.keys, archive.keys / name)
        with file.open("wb") as target:
            await asyncio.to_thread(unseal, archive.keys / name / newest.keys.file, target, keys.opened)
    otherwise = "take an older copy of the keys" if name else f"move {home.keys} away, and its newest copy is taken"
    await asyncio.to_thread(refuse_damaged, file, otherwise)
    masters = master_keys_of(home)
    for key in await SQLiteKeyStore(file).one_of_each_master():
        try:
            await masters.unwrap(key.wrapped, key.master, key.id)
        except Undecipherable:
            raise OperatorError(f"Master key {key.master} is not the one that wraps the keys: put that back.") from None
    return name


def _refuse_incomplete(home: Home, settings: Settings) -> None:
    """What is in no backup has to be there before."""
    encryption = EncryptionSettings()
    if not (encryption.master_keys or encryption.vault_address or home.master_keys.exists()):
        raise OperatorError(f"Put {home.master_keys} back first, or set SELFOLOGY_MASTER_KEYS: no backup has it.")
    if not (settings.pepper or home.pepper.exists()):
        raise OperatorError(f"Put {home.pepper} back first, or set SELFOLOGY_PEPPER: no backup has it.")


async def _refuse_other_home(home: Home, archive: BackupDirectory) -> None:
    if not (home.postgres / "global" / "pg_control").exists():
        return
    told = await asyncio.to_thread(
        subprocess.run,
        [str(programs() / "pg_controldata"), "-D", str(home.postgres)],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C"},
    )
    # One that can't be read is damaged, which may be why somebody restores.
    if found := re.search(r"^Database system identifier: +(\d+)$", told.stdout, re.MULTILINE):
        archive.refuse_foreign(found[1])


def _refuse_full(home: Home, backup: Backup) -> None:
    free = shutil.disk_usage(home.root).free
    if free < backup.postgres.holds * 1.2:
        raise OperatorError(
            f"{home.root} has {free >> 20} MiB left, and the backup takes {backup.postgres.holds >> 20}: make room."
        )


def _exchange(home: Home, place: Home, name: str) -> Path:
    """Moves the old data aside and the new in its place. Undoes that when it fails."""
    (place.postgres / "backup_manifest").unlink(missing_ok=True)
    os.sync()
    aside = home.root / name
    aside.mkdir(mode=0o700)
    kept = [home.postgres, home.temporal, *home.root.glob(f"{home.temporal.name}-*"), home.vectors, home.wal]
    moves = [(old, aside / old.name) for old in kept if old.exists()]
    moves += [(new, home.root / new.name) for new in (place.postgres, place.temporal, place.keys) if new.exists()]
    done: list[tuple[Path, Path]] = []
    try:
        for old, new in moves:
            old.rename(new)
            done.append((old, new))
    except OSError as error:
        for old, new in reversed(done):
            new.rename(old)
        raise OperatorError(f"The data could not be exchanged: {error.strerror}. All is as it was.") from None
    return aside
