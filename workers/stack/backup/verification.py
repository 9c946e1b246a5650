"""Verifies a backup: restores it into a scratch database and compares counts and checksums with its manifest."""

from __future__ import annotations

import asyncio
import time

import asyncpg

from schema.backup.manifest import Backup, Verified
from schema.operator_error import OperatorError
from workers.stack.backup.archive import VERIFIED, BackedUp, BackupDirectory
from workers.stack.backup.copies import refuse_damaged
from workers.stack.backup.creation import Progress
from workers.stack.backup.recovery import recovered, scratch
from workers.stack.backup.sealing import check, unseal
from workers.stack.backup.settings import BackupKeys
from workers.stack.backup.sums import sums
from workers.stack.home import Home, write_private
from workers.stack.postgres import VERSION


async def verify_backup(of: BackedUp, backup: Backup, progress: Progress) -> Verified:
    """Restores a backup elsewhere, up to its restore point, and compares. Raises `OperatorError` when it differs."""
    began = time.monotonic()
    refuse_unreadable(backup, of.keys)
    await refuse_changed(of.archive, backup, progress)
    async with scratch(of.home, "verifying") as place:
        progress.begin("Temporal's data")
        await unseal_temporal(of, backup.point, place)
        progress.begin("PostgreSQL is restored elsewhere", backup.postgres.size)
        until = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
        settings = {"recovery_target_name": backup.restore_point, "recovery_target_action": "pause"}
        settings["recovery_target_timeline"] = str(backup.timeline)
        async with recovered(of, place, backup, settings, until=until, told=progress.told) as server:
            progress.begin("counts and checksums")
            connection = await asyncpg.connect(server.database_url)
            try:
                found = await sums(connection)
                now = await connection.fetchval("SELECT now()")
            finally:
                await connection.close()
    if other := [name for name in {**backup.tables, **found} if backup.tables.get(name) != found.get(name)]:
        raise OperatorError(
            f"Backup {backup.name} is not what it was: {', '.join(sorted(other))} differ. Take another."
        )
    verified = Verified(at=now, rows=backup.rows, seconds=round(time.monotonic() - began, 1))
    write_private(of.archive.backups / backup.name / VERIFIED, verified.model_dump_json())
    return verified


def refuse_unreadable(backup: Backup, keys: BackupKeys) -> None:
    """Raises `OperatorError` when a backup is of another key, or of another PostgreSQL."""
    if str(keys.opened.to_public()) != backup.recipient:
        raise OperatorError(
            f"Backup {backup.name} is encrypted to another key, {backup.recipient[:12]}…:"
            " set SELFOLOGY_BACKUP_IDENTITY to its identity."
        )
    if backup.postgres_version != VERSION:
        raise OperatorError(
            f"Backup {backup.name} is of PostgreSQL {backup.postgres_version}, and this is {VERSION}:"
            f" restore it with Selfology {backup.build_id.removeprefix('selfology-')}."
        )


async def refuse_changed(archive: BackupDirectory, backup: Backup, progress: Progress) -> None:
    """Raises `OperatorError` when a file of a backup is missing or is not as it was written."""
    progress.begin("checksums of the files", backup.postgres.size)
    await asyncio.to_thread(check, backup.postgres, archive.backups / backup.name, progress.told)
    point = archive.point(backup.point)
    await asyncio.to_thread(check, point.temporal, archive.points / point.name)


async def unseal_temporal(of: BackedUp, point: str, place: Home) -> None:
    """Puts a copy of Temporal's data into a home. Raises `OperatorError` when it is damaged."""
    found = of.archive.point(point)
    with place.temporal.open("wb") as file:
        await asyncio.to_thread(unseal, of.archive.points / point / found.temporal.file, file, of.keys.opened)
    await asyncio.to_thread(refuse_damaged, place.temporal, "take another backup")
