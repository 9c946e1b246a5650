"""Serves backups beside the embedded servers: archives what changes, and does what the workflow of backups asks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from schema.backup.activities import (
    BackupChecked,
    BackupMade,
    BackupName,
    Backups,
    BackupsThinned,
    BackupToMake,
)
from schema.backup.names import BACKUPS_QUEUE
from schema.errors import BackupFailed
from schema.operator_error import OperatorError
from workers.registry import activities_of
from workers.stack.backup.archiver import Archiver
from workers.stack.backup.creation import Progress, create_backup
from workers.stack.backup.schedule import schedule_backups
from workers.stack.backup.verification import verify_backup
from workflows.operations.rules.retention import DAILY, kept

TELL_EVERY = 0.5
"""Seconds between two heartbeats."""
TOLD_WITHIN = timedelta(milliseconds=500)
"""How often heartbeats reach the server, for those who watch."""


class EmbeddedBackups(Backups):
    """Backups of one home's data."""

    def __init__(self, archiver: Archiver) -> None:
        self._archiver = archiver
        self._alone = asyncio.Lock()
        """Held while a backup is read, or some are removed."""

    @activity.defn(name="backups.create")
    async def create(self, wanted: BackupToMake) -> BackupMade:
        async with _told() as progress:
            return await create_backup(self._archiver, progress)

    @activity.defn(name="backups.verify")
    async def verify(self, backup: BackupName) -> BackupChecked:
        archiver = self._archiver
        async with _told() as progress, self._alone:
            # One that was begun later may be there already, and then this one is no longer kept.
            if archiver.keys.identity is None or backup.name not in archiver.archive.names():
                return BackupChecked(rows=0, opened=False)
            verified = await verify_backup(archiver.of, archiver.archive.backup(backup.name), progress)
        return BackupChecked(rows=verified.rows, opened=True)

    @activity.defn(name="backups.thin_out")
    async def thin_out(self, newest: BackupName) -> BackupsThinned:
        async with _told(), self._alone, self._archiver.alone:
            archive = self._archiver.archive
            if newest.name not in archive.names():
                # The workflow of a backup that was begun later has come first.
                return BackupsThinned(removed=[])
            removed = await asyncio.to_thread(archive.thin_out, kept, archive.backup(newest.name).made_at, DAILY)
        return BackupsThinned(removed=removed)


@asynccontextmanager
async def _told() -> AsyncIterator[Progress]:
    """Sends heartbeats, with how far it is. An error that an operator has to correct ends the workflow at once."""
    progress = Progress()

    async def tell() -> None:
        while True:
            activity.heartbeat(progress.now)
            await asyncio.sleep(TELL_EVERY)

    telling = asyncio.create_task(tell())
    try:
        yield progress
    except OperatorError as error:
        # Its words name files, tables and settings, and no person.
        raise BackupFailed(str(error)) from None
    except OSError as error:
        # A full or a missing disk may be put right before the last attempt.
        reason = error.strerror or "it took too long"
        raise ApplicationError(f"The backup could not be made: {reason}.", type=BackupFailed.TYPE) from None
    finally:
        telling.cancel()
        await asyncio.wait([telling])


@asynccontextmanager
async def serving_backups(client: Client, archiver: Archiver) -> AsyncIterator[None]:
    """Archives, and serves the queue of backups, while the context is open. Raises `OperatorError`."""
    due = await archiver.begin()
    worker = Worker(
        client,
        task_queue=BACKUPS_QUEUE,
        activities=activities_of(EmbeddedBackups(archiver)),
        max_heartbeat_throttle_interval=TOLD_WITHIN,
        default_heartbeat_throttle_interval=TOLD_WITHIN,
    )
    archiving = asyncio.create_task(archiver.keep_archiving())
    try:
        async with worker:
            await schedule_backups(client, at_once=due)
            yield
    finally:
        archiving.cancel()
        await asyncio.wait([archiving])
        # What the last moments brought is not left for the next start, which may never come.
        with suppress(OSError, OperatorError):
            await archiver.ship()
