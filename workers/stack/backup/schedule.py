"""The schedule by which Temporal starts a backup each day."""

from __future__ import annotations

from temporalio.client import (
    Client,
    ScheduleActionStartWorkflow,
)
from temporalio.service import RPCError, RPCStatusCode

from schema.backup.activities import BackupToMake
from schema.backup.names import BACKUP_ID
from schema.onboarding.names import TASK_QUEUE
from schema.public import Public
from workers.schedules import keep_nightly
from workflows.operations.backup import Backup

HOUR = 3
"""The hour (UTC) of the daily backup."""


async def schedule_backups(client: Client, *, at_once: bool) -> None:
    """Has a backup made each day, and one now with `at_once`."""
    action = ScheduleActionStartWorkflow(
        Backup.run,
        BackupToMake(verify=True),
        id=BACKUP_ID,
        task_queue=TASK_QUEUE,
        static_summary=Public("A backup, restored elsewhere and compared"),
    )
    await keep_nightly(client, action, hour=HOUR)
    if at_once:
        await client.get_schedule_handle(BACKUP_ID).trigger()


async def no_backups(client: Client) -> None:
    """Ends the schedule of a home whose data is not backed up any more."""
    try:
        await client.get_schedule_handle(BACKUP_ID).delete()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
