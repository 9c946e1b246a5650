"""Recovers a PostgreSQL from a backup and the archived log, in a scratch directory beside the home's own data."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import shlex
import shutil
import tarfile
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import psutil
from pydantic import Field, ValidationError

from schema.backup.manifest import Backup
from schema.base_model import Model
from schema.operator_error import OperatorError
from workers.stack.backup.archive import SEGMENT, BackedUp
from workers.stack.backup.sealing import SUFFIX, Told, unseal
from workers.stack.backup.settings import BackupKeys
from workers.stack.home import Home
from workers.stack.postgres import PostgresServer
from workers.stack.server import Account

LOOK_EVERY = 0.01
"""Seconds between two looks for what PostgreSQL wants."""
SLEEP = 0.02
_SCRATCH = re.compile(r"(restoring|verifying)-(\d+)-.*")


class RecoveringServer(PostgresServer):
    """A PostgreSQL that replays the archived log. Nobody but us connects to it, and it archives nothing."""

    def __init__(self, home: Home, settings: dict[str, str]) -> None:
        super().__init__(home)
        self._recovery = settings
        # They are in the backup, and until the end of a recovery nothing can be written.
        self._has_logins = True

    def _settings(self) -> dict[str, str]:
        return {**super()._settings(), **self._recovery}

    async def is_ready(self) -> bool:
        state = self._process_file()[7:8]
        return state == ["standby "] or await super().is_ready()

    async def reached(self, condition: str) -> None:
        """Waits until a condition in SQL holds. Raises `OperatorError` when the server ends before that."""
        while True:
            assert self.process is not None
            if self.process.returncode is not None:
                raise OperatorError(self._ended())
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection = await asyncpg.connect(self.database_url)
                try:
                    while not await connection.fetchval(condition):  # noqa: ASYNC110 - the server tells nobody
                        await asyncio.sleep(LOOK_EVERY)
                    return
                finally:
                    await connection.close()
            await asyncio.sleep(LOOK_EVERY)

    def _ended(self) -> str:
        said = self.home.log_of(self.name).read_text(errors="replace")
        if "before configured recovery target was reached" in said:
            return "The archived log ends before that moment: name an earlier one, or none for the newest."
        return f"PostgreSQL could not recover: {self._last_error()}"


class LogFeed:
    """Hands archived segments to a recovering PostgreSQL as it asks for them, decrypted only then.

    PostgreSQL runs a command for each, which asks by a file and waits; so it needs no key, and no space for the log.
    """

    def __init__(self, place: Path, of: BackedUp, account: Account | None) -> None:
        self._place, self._archive, self._keys, self._account = place, of.archive, of.keys, account
        place.mkdir(mode=0o700)
        if account is not None:
            os.chown(place, *account)
        self._segments = of.archive.segments()
        self.problem: OperatorError | None = None
        """Why the log ends earlier than it should."""

    @property
    def command(self) -> str:
        """What PostgreSQL runs for each segment."""
        at = shlex.quote(str(self._place)).replace("%", "%%")
        return (
            f": > {at}/%f.wanted; while [ ! -e {at}/%f ]; do"
            # Whoever would answer may have been killed.
            f" [ -e {at}/%f.absent ] && exit 1; [ -d /proc/self ] && [ ! -d /proc/{os.getpid()} ] && exit 255;"
            f' sleep {SLEEP}; done; mv {at}/%f "%p"'
        )

    async def serve(self) -> None:
        """Answers for ever."""
        while True:
            for asked in self._place.glob("*.wanted"):
                asked.unlink()
                await asyncio.to_thread(self._give, asked.name.removesuffix(".wanted"))
            await asyncio.sleep(LOOK_EVERY)

    def _give(self, name: str) -> None:
        sealed, whole, part = self._archive.wal / f"{name}{SUFFIX}", self._place / name, self._place / f"{name}.part"
        try:
            if not sealed.exists():
                self._miss(name)
                return
            with part.open("wb") as file:
                unseal(sealed, file, self._keys.opened)
        except OperatorError as error:
            self.problem = error
            (self._place / f"{name}.absent").touch()
            return
        if self._account is not None:
            os.chown(part, *self._account)
        part.rename(whole)

    def _miss(self, name: str) -> None:
        """Ends the log here. It is a fault where the archive goes on behind."""
        later = [each for each in self._segments if each[:8] == name[:8] and each > name]
        if SEGMENT.fullmatch(name) and later:
            self.problem = OperatorError(
                f"{self._archive.wal / name}{SUFFIX} is missing, and the log goes on behind it."
            )
        (self._place / f"{name}.absent").touch()


async def clear_leftovers(home: Home) -> None:
    """Removes the scratch directories that killed processes have left, with the servers in them."""
    for left in home.root.iterdir():
        if (found := _SCRATCH.fullmatch(left.name)) and not psutil.pid_exists(int(found[2])):
            await PostgresServer(Home(left)).end_leftovers()
            await asyncio.to_thread(shutil.rmtree, left)


@asynccontextmanager
async def scratch(home: Home, purpose: str) -> AsyncIterator[Home]:
    """Yields a directory within a home that is gone afterwards."""
    await clear_leftovers(home)
    folder = Home.prepared(Path(tempfile.mkdtemp(prefix=f"{purpose}-{os.getpid()}-", dir=home.root)))
    if os.geteuid() == 0:
        # PostgreSQL's own user passes through.
        folder.root.chmod(0o711)
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder.root)


@asynccontextmanager
async def recovered(
    of: BackedUp, place: Home, backup: Backup, settings: dict[str, str], *, until: str, told: Told | None = None
) -> AsyncIterator[RecoveringServer]:
    """Unpacks a backup into an empty home and replays the log until a condition in SQL holds. Yields the server.

    Raises `OperatorError` when the backup or the log is damaged, or ends too early.
    """
    account = PostgresServer(place).account() if os.geteuid() == 0 else None
    await asyncio.to_thread(
        _unpack, of.archive.backups / backup.name / backup.postgres.file, place.postgres, of.keys, told
    )
    await asyncio.to_thread(_verify_files, place.postgres)
    (place.postgres / "recovery.signal").touch()
    if account is not None:
        await asyncio.to_thread(_give_away, place.postgres, account)
    feed = LogFeed(place.root / "log", of, account)
    server = RecoveringServer(place, {"restore_command": feed.command, "hot_standby": "on", **settings})
    feeding = asyncio.create_task(feed.serve())
    try:
        await server.launch()
        await server.reached(until)
        if feed.problem is not None:
            raise feed.problem
        yield server
    except OperatorError as error:
        # The end of the log is only what comes of it.
        raise feed.problem or error from None
    finally:
        feeding.cancel()
        await asyncio.wait([feeding])
        await server.stop()


def _unpack(source: Path, target: Path, keys: BackupKeys, told: Told | None) -> None:
    """Unpacks a sealed tar. Its own thread reads what is decrypted here."""
    target.mkdir(mode=0o700)
    reads, writes = os.pipe()
    failed: list[Exception] = []

    def extract() -> None:
        try:
            with os.fdopen(reads, "rb") as packed:
                with tarfile.open(fileobj=packed, mode="r|") as tar:
                    tar.extractall(target, filter="data")
                # What is behind the end of a tar is read, too, or the other side would wait.
                while packed.read(1 << 16):
                    pass
        except (OSError, tarfile.TarError) as error:
            failed.append(error)

    extracting = threading.Thread(target=extract)
    extracting.start()
    try:
        with os.fdopen(writes, "wb") as plain:
            unseal(source, plain, keys.opened, told)
    except (OperatorError, OSError):
        extracting.join()
        # A full disk ends the reading, too.
        if failed and isinstance(failed[0], OSError):
            raise OperatorError(f"{source} can't be unpacked: {failed[0].strerror}.") from None
        raise
    extracting.join()
    if failed:
        raise OperatorError(f"{source} can't be unpacked: {getattr(failed[0], 'strerror', None) or 'it is no tar'}.")


class _Listed(Model):
    """A file in PostgreSQL's own list of a backup."""

    path: str = Field(alias="Path")
    size: int = Field(alias="Size")
    sha256: str = Field(alias="Checksum")


class _Listing(Model):
    files: list[_Listed] = Field(alias="Files")


def _verify_files(data: Path) -> None:
    """Compares each file with the list that PostgreSQL made. `pg_verifybackup` crashes, as it is packed."""
    try:
        listing = _Listing.model_validate_json((data / "backup_manifest").read_bytes())
        wrong = [file.path for file in listing.files if not _is_as_listed(data / file.path, file)]
    except (OSError, ValidationError):
        wrong = ["backup_manifest"]
    if wrong:
        raise OperatorError(f"{len(wrong)} files of the backup are not as PostgreSQL lists them: take another backup.")


def _is_as_listed(file: Path, listed: _Listed) -> bool:
    with file.open("rb") as opened:
        return file.stat().st_size == listed.size and hashlib.file_digest(opened, "sha256").hexdigest() == listed.sha256


def _give_away(folder: Path, account: Account) -> None:
    os.chown(folder, *account)
    for directory, names, files in os.walk(folder):
        for name in names + files:
            os.chown(Path(directory, name), *account, follow_symlinks=False)
