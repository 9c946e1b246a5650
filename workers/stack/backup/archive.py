"""The directory of backups: what lies where in it. Keys are in a directory of their own."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from schema.backup.manifest import Archive, Backup, KeyCopy, RecoveryPoint, Sealed, Verified
from schema.backup.names import FORMAT
from schema.base_model import Model
from schema.keys.key_id import KeyId
from schema.operator_error import OperatorError
from workers.stack.backup.sealing import SUFFIX, damaged
from workers.stack.backup.settings import BackupKeys, BackupSettings, backup_folder
from workers.stack.home import Home, write_private

MANIFEST = "manifest.json"
VERIFIED = "verified.json"
KEYS_KEPT = timedelta(days=7)
"""For how long a copy of the key store is kept, but for the newest: so long an erased person's key lives on in one."""
ERASURES_KEPT = timedelta(days=400)
"""For how long it is remembered who was erased: longer than the oldest backup that would bring them back."""
POINTS_KEPT = 3
"""How many of the newest recovery points are kept, beside those of backups."""
SEGMENT = re.compile(r"[0-9A-F]{24}")

Kind = TypeVar("Kind", bound=Sealed)


class BackedUp(NamedTuple):
    """A home, the directory of its backups, and the keys by which they are encrypted."""

    home: Home
    archive: BackupDirectory
    keys: BackupKeys


@dataclass(frozen=True)
class BackupDirectory:
    """What is kept of one home."""

    root: Path
    keys: Path

    @classmethod
    def of(cls, settings: BackupSettings) -> BackupDirectory:
        """That of the settings. Raises `OperatorError` when none is set."""
        root = backup_folder(settings)
        return cls(root, settings.key_backups or root / "keys")

    @property
    def backups(self) -> Path:
        """Base backups, a directory each."""
        return self.root / "backups"

    @property
    def points(self) -> Path:
        """Recovery points, a directory each."""
        return self.root / "points"

    @property
    def wal(self) -> Path:
        """The write-ahead log, a file a segment."""
        return self.root / "wal"

    @property
    def erasures(self) -> Path:
        """Whose keys were destroyed, a file each."""
        return self.root / "erasures"

    def claim(self, system_identifier: str) -> None:
        """Makes the directory that of a home. Raises `OperatorError` when it is another's, or can't be used."""
        try:
            for folder in (self.root, self.backups, self.points, self.wal, self.erasures, self.keys):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            about = self.root / "archive.json"
            if not about.exists():
                write_private(about, Archive(system_identifier=system_identifier).model_dump_json())
        except OSError as error:
            raise OperatorError(f"The directory of backups {self.root} can't be used: {error.strerror}.") from None
        self.refuse_foreign(system_identifier)

    def refuse_foreign(self, system_identifier: str) -> None:
        """Raises `OperatorError` when the directory is not that of this home."""
        if self.archive().system_identifier != system_identifier:
            raise OperatorError(
                f"{self.root} has the backups of another home: set SELFOLOGY_BACKUPS to a directory of its own."
            )

    def archive(self) -> Archive:
        """Whose directory it is. Raises `OperatorError` when it is none, or of a newer version."""
        file = self.root / "archive.json"
        if not file.exists():
            raise OperatorError(f"{self.root} is no directory of backups: set SELFOLOGY_BACKUPS to one.")
        return _read(file, Archive)

    def backup(self, name: str | None) -> Backup:
        """The backup of this name, or the newest. Raises `OperatorError` when there is none that can be read."""
        self.archive()
        names = _names(self.backups)
        if not names:
            raise OperatorError(f"There is no backup in {self.root}: `selfology backup create` makes one.")
        if (name or names[-1]) not in names:
            raise OperatorError(f"There is no backup {name} in {self.root}: `selfology backup list` shows them.")
        return _read(self.backups / (name or names[-1]) / MANIFEST, Backup)

    def names(self) -> list[str]:
        """The names of all backups, the oldest first."""
        return _names(self.backups)

    def point(self, name: str) -> RecoveryPoint:
        """The recovery point of this name. Raises `OperatorError` when it can't be read."""
        return _read(self.points / name / MANIFEST, RecoveryPoint)

    def all_backups(self) -> list[Backup]:
        """All backups, the oldest first. Raises `OperatorError` when one can't be read."""
        return list(_all(self.backups, Backup))

    def all_points(self) -> list[RecoveryPoint]:
        """All recovery points, the oldest first."""
        return list(_all(self.points, RecoveryPoint))

    def all_key_copies(self) -> list[KeyCopy]:
        """All copies of the key store, the oldest first."""
        return list(_all(self.keys, KeyCopy))

    def verified(self, name: str) -> Verified | None:
        """When a backup was verified; None when it was not."""
        file = self.backups / name / VERIFIED
        return _read(file, Verified) if file.exists() else None

    def keep(self, folder: Path, manifest: Sealed) -> None:
        """Makes what lies in a folder whole: without its manifest it is nothing."""
        write_private(folder / MANIFEST, manifest.model_dump_json(indent=1))

    def segments(self) -> list[str]:
        """The names of the archived segments of the write-ahead log, in order."""
        files = (file.name.removesuffix(SUFFIX) for file in self.wal.glob(f"*{SUFFIX}"))
        return sorted(name for name in files if SEGMENT.fullmatch(name))

    def erasure(self, key: KeyId, destroyed_at: datetime) -> Path:
        """The file that remembers an erasure. Its name tells the day, and whose it was only to who asks for them."""
        of = hashlib.sha256(str(key).encode()).hexdigest()[:32]
        return self.erasures / f"{destroyed_at:%Y%m%d}-{of}{SUFFIX}"

    def thin_out(self, kept: Callable[[list[datetime]], set[datetime]], now: datetime, recent: int) -> list[str]:
        """Removes backups that are not `kept`, points, and segments that nothing needs. Returns which backups went.

        One may return to any moment since the oldest of the newest `recent` backups; to others as they were.
        """
        backups = self.all_backups()
        wanted = kept([backup.made_at for backup in backups])
        staying = [backup for backup in backups if backup.made_at in wanted]
        removed = [backup.name for backup in backups if backup.made_at not in wanted]
        for name in removed:
            _remove(self.backups / name)
        self.thin_out_points(staying)
        for file in self.erasures.glob(f"*{SUFFIX}"):
            if file.name < f"{now - ERASURES_KEPT:%Y%m%d}":
                file.unlink()
        since = min((backup.first_wal[8:] for backup in staying[-recent:]), default="")
        for segment in self.segments():
            place = segment[8:]
            if place < since and not any(b.first_wal[8:] <= place <= b.last_wal[8:] for b in staying):
                (self.wal / f"{segment}{SUFFIX}").unlink()
        return removed

    def thin_out_points(self, backups: list[Backup]) -> None:
        """Removes all recovery points but the newest and those of backups."""
        of_backups = {backup.point for backup in backups}
        for name in _names(self.points)[:-POINTS_KEPT]:
            if name not in of_backups:
                _remove(self.points / name)

    def thin_out_keys(self, now: datetime) -> None:
        """Removes copies of the key store: of each day one is kept, for a week, and the newest."""
        older = self.all_key_copies()[:-1]
        days = {copy.made_at.date(): copy.name for copy in older if copy.made_at > now - KEYS_KEPT}
        for copy in older:
            if copy.name not in days.values():
                _remove(self.keys / copy.name)

    def set_aside_after(self, point: str, stamp: str) -> None:
        """Puts what is newer than a recovery point elsewhere, after a return to it: from there all goes another way."""
        for folder in (self.backups, self.points):
            for name in _names(folder):
                if name > point:
                    aside = self.root / f"set-aside-{stamp}" / folder.name
                    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
                    (folder / name).rename(aside / name)


def _names(folder: Path) -> list[str]:
    """The names of what is whole in a folder."""
    return sorted(file.parent.name for file in folder.glob(f"*/{MANIFEST}"))


def _remove(folder: Path) -> None:
    # From here on it is nothing, for whoever looks meanwhile.
    (folder / MANIFEST).unlink()
    shutil.rmtree(folder)


def _all(folder: Path, kind: type[Kind]) -> Iterator[Kind]:
    return (_read(folder / name / MANIFEST, kind) for name in _names(folder))


Read = TypeVar("Read", bound=Model)


class _Format(Model):
    format: int = FORMAT


def _read(file: Path, kind: type[Read]) -> Read:
    try:
        text = file.read_bytes()
        # First, since a newer version may have other fields.
        if _Format.model_validate_json(text).format > FORMAT:
            raise OperatorError(f"{file} is of a newer version of Selfology: restore it with that one.")
        return kind.model_validate_json(text)
    except (ValidationError, UnicodeDecodeError):
        raise damaged(file) from None
    except OSError as error:
        raise OperatorError(f"{file} can't be read: {error.strerror}.") from None
