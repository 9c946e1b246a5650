"""Archives what changes: the write-ahead log as it comes, erasures at once, and every few minutes a recovery point."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn, TypedDict

import asyncpg

from schema import metrics
from schema.backup.manifest import STAMP, KeyCopy, Part, RecoveryPoint
from schema.build_id import BUILD_ID
from schema.errors import KeysAway
from schema.operator_error import OperatorError
from workers.database import FAILURES
from workers.stack.backup.archive import MANIFEST, BackedUp
from workers.stack.backup.copies import copied
from workers.stack.backup.erasures import remember_erasures
from workers.stack.backup.recovery import clear_leftovers
from workers.stack.backup.sealing import SUFFIX, seal

LOOK_EVERY = 1.0
"""Seconds between two looks for segments of the log and for erasures."""
MEASURED_EVERY = 60.0
"""Seconds between two measurements, and between two lines about a failure that goes on."""
_OF_THE_LOG = re.compile(r"[0-9A-F]{8}([0-9A-F]{16})?(\.[0-9A-Za-z.]+)?")
"""Segments and histories of timelines; not what is still being written."""

log = logging.getLogger(__name__)


class Marks(TypedDict):
    """What every manifest begins with."""

    name: str
    made_at: datetime
    build_id: str
    system_identifier: str
    recipient: str


class Archiver:
    """Archives one home's data. There is one, in the process that owns its servers."""

    def __init__(self, of: BackedUp, database_url: str, every: timedelta) -> None:
        self.of = of
        self.home, self.archive, self.keys = of
        self.database_url = database_url
        self.alone = asyncio.Lock()
        """Held by whoever makes a recovery point or a backup."""
        self._shipping = asyncio.Lock()
        self._every = every.total_seconds()
        self._system_identifier = ""
        self._archived: object = None
        self._keys_archived = self._keys_looked_at = 0

    async def begin(self) -> bool:
        """Makes the directory ready. Returns whether a backup is due at once, since the log has begun anew.

        Raises `OperatorError` when the directory is another home's, or can't be used.
        """
        async with self.connected() as connection:
            self._system_identifier = str(
                await connection.fetchval("SELECT system_identifier FROM pg_control_system()")
            )
        self.archive.claim(self._system_identifier)
        await clear_leftovers(self.home)
        for folder in (self.archive.backups, self.archive.points, self.archive.keys):
            for unfinished in folder.iterdir():
                if not (unfinished / MANIFEST).exists():
                    await asyncio.to_thread(shutil.rmtree, unfinished)
        return not (self._since.exists() and self._since.read_text() == str(self.archive.root))

    def has_a_backup(self) -> None:
        """Remembers that from the newest backup on the log is archived without a gap."""
        self._since.write_text(str(self.archive.root))

    @property
    def _since(self) -> Path:
        return self.home.wal / "archived-to"

    async def keep_archiving(self) -> NoReturn:
        """Archives for ever. What can't be archived waits in the home directory, and is tried again."""
        clock = asyncio.get_running_loop().time
        point_due = measure_due = told = 0.0
        while True:
            try:
                await self.ship()
                await self.remember_erasures()
                if clock() >= point_due:
                    async with self.alone:
                        await self.archive_changes()
                    point_due = clock() + self._every
                if clock() >= measure_due:
                    async with self.alone:
                        await self.measure()
                    measure_due = clock() + MEASURED_EVERY
            except (*FAILURES, OperatorError, KeysAway) as error:
                if clock() >= told:
                    reason = str(error) if isinstance(error, OperatorError | KeysAway) else type(error).__name__
                    log.warning("What has changed could not be archived, and is tried again: %s", reason)
                    told = clock() + MEASURED_EVERY
            await asyncio.sleep(LOOK_EVERY)

    async def ship(self) -> None:
        """Archives the segments of the log that PostgreSQL has finished."""
        async with self._shipping:
            for file in sorted(self.home.wal.iterdir()):
                if file.suffix == ".backup":
                    # What its own backup says already.
                    file.unlink()
                elif _OF_THE_LOG.fullmatch(file.name) and file.suffix != ".part":
                    await asyncio.to_thread(self._ship, file)

    def _ship(self, file: Path) -> None:
        with file.open("rb") as segment:
            seal(segment, self.archive.wal / f"{file.name}{SUFFIX}", self.keys.recipient)
        file.unlink()

    async def shipped(self, segment: str) -> None:
        """Waits until a segment is archived. Raises `TimeoutError` when that takes very long."""
        async with asyncio.timeout(60):
            while not (self.archive.wal / f"{segment}{SUFFIX}").exists():
                await asyncio.sleep(0.05)
                if (self.home.wal / segment).exists():
                    await self.ship()

    async def archive_changes(self) -> None:
        """Makes a recovery point and copies the keys, if anything has changed since the last time."""
        state = await self._state()
        if state != self._archived:
            await self.make_point()
            await self.copy_keys()
            # What came meanwhile is not of this state, but for PostgreSQL, which archives its log by time, too.
            self._archived = (state[0], (await self._state())[1])

    async def _state(self) -> tuple[list[int], str]:
        """What is another one when something has changed."""
        files = [self.home.temporal, self.home.temporal.with_name(f"{self.home.temporal.name}-wal"), self.home.keys]
        async with self.connected() as connection:
            lsn = await connection.fetchval("SELECT pg_current_wal_insert_lsn()::text")
        return [file.stat().st_mtime_ns for file in files if file.exists()], str(lsn)

    async def make_point(self) -> RecoveryPoint:
        """Copies Temporal's data, and then has PostgreSQL's log archived up to a later moment."""
        folder, marks = await self.begun(self.archive.points)

        def copy() -> Part:
            with copied(self.home.temporal) as file, file.open("rb") as source:
                return seal(source, folder / f"temporal.db{SUFFIX}", self.keys.recipient)

        part = await asyncio.to_thread(copy)
        async with self.connected() as connection:
            # Without a record, as this writes one, there would be nothing to archive.
            lsn = await connection.fetchval("SELECT pg_create_restore_point($1)::text", f"point-{marks['name']}")
            segment = await connection.fetchval("SELECT pg_walfile_name($1::text::pg_lsn)", lsn)
            await connection.execute("SELECT pg_switch_wal()")
        await self.shipped(segment)
        point = RecoveryPoint(**marks, lsn=lsn, temporal=part)
        self.archive.keep(folder, point)
        self.archive.thin_out_points(self.archive.all_backups())
        return point

    async def copy_keys(self) -> None:
        """Copies the key store, if it has changed."""
        changed = self.home.keys.stat().st_mtime_ns
        if changed == self._keys_archived:
            return
        folder, marks = await self.begun(self.archive.keys)

        def copy() -> KeyCopy:
            with copied(self.home.keys) as file, file.open("rb") as source:
                return KeyCopy(**marks, keys=seal(source, folder / f"keys.db{SUFFIX}", self.keys.recipient))

        self.archive.keep(folder, await asyncio.to_thread(copy))
        self._keys_archived = changed

    async def remember_erasures(self) -> None:
        """Writes down who was erased since the last look."""
        changed = self.home.keys.stat().st_mtime_ns
        if changed != self._keys_looked_at:
            await remember_erasures(self.of)
            self._keys_looked_at = changed

    async def begun(self, folder: Path) -> tuple[Path, Marks]:
        """Makes the directory of something new, which is nothing before it has a manifest."""
        while True:
            async with self.connected() as connection:
                now: datetime = await connection.fetchval("SELECT now()")
            name = now.strftime(STAMP)
            try:
                (folder / name).mkdir(mode=0o700)
            except FileExistsError:
                # Another was begun in this second.
                await asyncio.sleep(0.2)
                continue
            return folder / name, Marks(
                name=name,
                made_at=now,
                build_id=BUILD_ID,
                system_identifier=self._system_identifier,
                recipient=str(self.keys.recipient),
            )

    async def measure(self) -> None:
        """Tells how old the newest recovery point and the newest verified backup are, and lets old keys go."""
        async with self.connected() as connection:
            now: datetime = await connection.fetchval("SELECT now()")
        # By time, and not only when keys change: else that of somebody who was erased would live on.
        self.archive.thin_out_keys(now)
        if points := self.archive.all_points():
            # While nothing changes, none is made.
            changed = (await self._state()) != self._archived
            metrics.ARCHIVE_AGE.set((now - points[-1].made_at).total_seconds() if changed else 0)
        good = [backup.made_at for backup in self.archive.all_backups() if self.archive.verified(backup.name)]
        if good:
            metrics.BACKUP_AGE.set((now - good[-1]).total_seconds())

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[asyncpg.Connection]:
        """Connects as the owner. Raises one of `FAILURES`."""
        connection = await asyncpg.connect(self.database_url)
        try:
            yield connection
        finally:
            await connection.close()
