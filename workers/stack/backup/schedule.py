"""The schedule by which Temporal starts a backup each day."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
)
from temporalio.service import RPCError, RPCStatusCode

from schema.backup.activities import BackupToMake
from schema.backup.names import BACKUP_ID
from schema.onboarding.names import TASK_QUEUE
from schema.public import Public
from workers.schedules import keep_schedule
from workflows.operations.backup import Backup

HOUR = 3
"""The hour (UTC) of the daily backup."""
MISSED = timedelta(days=1)
"""A backup that fell into a time when nothing ran is made at the next start, if that comes within this."""


async def schedule_backups(client: Client, *, at_once: bool) -> None:
    """Has a backup made each day, and one now with `at_once`."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            Backup.run,
            BackupToMake(verify=True),
            id=BACKUP_ID,
            task_queue=TASK_QUEUE,
            static_summary=Public("A backup, restored elsewhere and compared"),
        ),
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(HOUR)])]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=MISSED),
    )
    await keep_schedule(client, BACKUP_ID, schedule)
    if at_once:
        await client.get_schedule_handle(BACKUP_ID).trigger()


async def no_backups(client: Client) -> None:
    """Ends the schedule of a home whose data is not backed up any more."""
    try:
        await client.get_schedule_handle(BACKUP_ID).delete()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
