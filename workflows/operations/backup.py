"""Backup: makes a backup, verifies it and removes those that are no longer kept."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.backup.activities import BackupMade, BackupName, Backups, BackupToMake
from schema.backup.names import BACKUP, BACKUPS_QUEUE
from schema.public import Public
from workflows import policies


@workflow.defn(name=BACKUP, failure_exception_types=[ValidationError])
class Backup:
    """Makes a backup (ids `backup` and, by the schedule, `backup-{time}`). It fails when the backup is not good."""

    @workflow.run
    async def run(self, wanted: BackupToMake) -> BackupMade:
        """Returns what was made. Older backups go only after the new one has been verified."""
        made = await policies.BACKUP.run(
            Backups.create, wanted, task_queue=BACKUPS_QUEUE, summary="Copy Temporal's data, PostgreSQL and the keys"
        )
        workflow.set_current_details(Public(f"{made.name}: {made.rows} rows in {made.size} bytes"))
        backup = BackupName(name=made.name)
        if wanted.verify:
            await policies.BACKUP.run(
                Backups.verify, backup, task_queue=BACKUPS_QUEUE, summary="Restore it elsewhere, and compare"
            )
        await policies.BACKUP.run(
            Backups.thin_out, backup, task_queue=BACKUPS_QUEUE, summary="Remove what is no longer kept"
        )
        return made
