"""Makes a backup: a base backup of PostgreSQL, a recovery point, a moment to compare with, and a copy of the keys."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

from schema.backup.activities import BackupMade, BackupProgress
from schema.backup.manifest import Backup, Part
from schema.operator_error import OperatorError
from workers.database_address import DatabaseAddress
from workers.executables import basic_environment
from workers.stack.backup.archiver import Archiver
from workers.stack.backup.sealing import SUFFIX, Told, seal
from workers.stack.backup.sums import exact_moment, sums
from workers.stack.postgres import VERSION, programs


class Progress:
    """How far an activity is. It is read by whoever sends the heartbeats."""

    def __init__(self) -> None:
        self.now = BackupProgress(step="begins")

    def begin(self, step: str, of: int = 0) -> None:
        """Goes over to the next step, of so many bytes."""
        self.now = BackupProgress(step=step, of=of)

    def told(self, done: int) -> None:
        """Hears of bytes that are done, in any thread."""
        self.now = self.now.model_copy(update={"done": done})


async def create_backup(archiver: Archiver, progress: Progress) -> BackupMade:
    """Makes a backup while people go on. Raises `OperatorError`, `OSError` or one of PostgreSQL's errors.

    PostgreSQL's moment comes after Temporal's copy, and the keys after both: what is encrypted in either has its key.
    """
    async with archiver.alone:
        folder, marks = await archiver.begun(archiver.archive.backups)
        try:
            async with archiver.connected() as connection:
                size = await connection.fetchval("SELECT sum(pg_database_size(oid))::bigint FROM pg_database")
                first = await connection.fetchval("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
            progress.begin("PostgreSQL", size)
            file = folder / f"postgres.tar{SUFFIX}"
            part = await asyncio.to_thread(_base_backup, archiver, file, progress.told)
            progress.begin("Temporal")
            point = await archiver.make_point()
            progress.begin("counts and checksums")
            name = f"selfology-{marks['name']}"
            async with exact_moment(archiver.database_url, name) as moment:
                async with archiver.connected() as connection:
                    where = await connection.fetchrow(
                        "SELECT pg_walfile_name($1::text::pg_lsn) AS last, timeline_id AS timeline"
                        " FROM pg_control_checkpoint()",
                        moment.lsn,
                    )
                    assert where is not None
                    await connection.execute("SELECT pg_switch_wal()")
                tables = await sums(moment.snapshot)
            await archiver.shipped(where["last"])
            progress.begin("keys")
            await archiver.copy_keys()
            backup = Backup(
                **marks,
                postgres_version=VERSION,
                timeline=where["timeline"],
                first_wal=first,
                last_wal=where["last"],
                restore_point=name,
                lsn=moment.lsn,
                point=point.name,
                tables=tables,
                postgres=part,
            )
            archiver.archive.keep(folder, backup)
        except BaseException:
            await asyncio.to_thread(shutil.rmtree, folder)
            raise
        archiver.has_a_backup()
    return BackupMade(name=backup.name, size=part.size + point.temporal.size, rows=backup.rows)


def _base_backup(archiver: Archiver, target: Path, told: Told) -> Part:
    """Has PostgreSQL's own program send a tar, which is compressed and encrypted on its way."""
    address = DatabaseAddress.parse(archiver.database_url)
    command = [
        *(str(programs() / "pg_basebackup"), "-D", "-", "-F", "tar", "-X", "none", "--checkpoint=fast"),
        *("--manifest-checksums=SHA256", "--no-sync"),
        *("-h", address.host, "-p", str(address.port), "-U", address.user),
    ]
    with archiver.home.open_log("backup") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=basic_environment()
        )
        assert process.stdout is not None
        try:
            with process.stdout as source:
                part = seal(source, target, archiver.keys.recipient, told)
            # Its last words come after the tar.
            code = process.wait()
        finally:
            process.kill()
            process.wait()
    if code:
        target.unlink()
        raise OperatorError(f"PostgreSQL's base backup failed: {archiver.home.log_of('backup')} says why.")
    return part
