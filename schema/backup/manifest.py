"""What a directory of backups says of itself, as JSON beside the encrypted parts. Nothing of a person is in it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from schema.backup.names import FORMAT
from schema.base_model import Model

STAMP = "%Y%m%dT%H%M%SZ"
"""The names of backups and of recovery points: when they were begun, by PostgreSQL's clock, in UTC."""


class Part(Model):
    """One encrypted file."""

    file: str
    """Its name in the directory of what it is a part of."""
    size: int
    """Its bytes."""
    sha256: str
    """Of the file as it lies there, so that damage is found without the backup's identity."""
    holds: int
    """The bytes of what is in it, neither compressed nor encrypted."""


class TableSum(Model):
    """What a table holds, in two numbers."""

    rows: int
    checksum: str
    """The sum of a hash of each row, so the order of rows does not matter."""


class Archive(Model):
    """Whose backups a directory keeps: `archive.json`, written once."""

    format: int = FORMAT
    system_identifier: str
    """The number that PostgreSQL gave the home's database when it was made. A copy of the home has the same."""


class Sealed(Model):
    """What every manifest begins with."""

    format: int = FORMAT
    name: str
    made_at: datetime
    build_id: str
    system_identifier: str
    recipient: str
    """The public key to which the parts are encrypted. Its identity opens them."""


class RecoveryPoint(Sealed):
    """A moment to which one can return: a copy of Temporal's data, and where PostgreSQL's log was just after it.

    PostgreSQL is always recovered to that place or a later one. So it is the newer of the two, and sessions do again
    what their histories lack, which their rows take as done.
    """

    lsn: str
    """A place in the write-ahead log that comes after all that the copied histories know."""
    temporal: Part


class KeyCopy(Sealed):
    """A copy of the key store, which is kept apart from all else and for a few days only."""

    keys: Part


class Backup(Sealed):
    """A base backup of PostgreSQL, with the moment that a restore of it is compared with."""

    postgres_version: int
    """The major version, which alone can read it."""
    timeline: int
    first_wal: str
    """The first segment of the write-ahead log that a recovery needs."""
    last_wal: str
    """The segment that has the restore point."""
    restore_point: str
    lsn: str
    """Where the restore point is."""
    point: str
    """The recovery point that was made with it."""
    tables: dict[str, TableSum]
    """What each table held at the restore point, by its full name."""
    postgres: Part

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables.values())


class Verified(Model):
    """That a backup was restored into a scratch database, and was what its manifest says."""

    at: datetime
    rows: int
    seconds: float = Field(ge=0)
