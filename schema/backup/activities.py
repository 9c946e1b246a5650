"""The port of backups: activities that make, verify and thin out backups. All remote, on `BACKUPS_QUEUE`."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from schema.base_model import Model


class BackupToMake(Model):
    """Input of the workflow and of `create`."""

    # Without a default, so that a start of another type is refused.
    verify: bool
    """Whether it is restored into a scratch database afterwards."""


class BackupProgress(Model):
    """What an activity tells while it runs, in its heartbeats."""

    step: str
    done: int = 0
    of: int = 0
    """Bytes in all, about; 0 when that is not known."""


class BackupMade(Model):
    """A backup that is in its directory."""

    name: str
    size: int
    """The bytes of its parts."""
    rows: int


class BackupName(Model):
    """Which backup."""

    name: str


class BackupChecked(Model):
    """What a verification came to."""

    rows: int
    """The rows that were compared; 0 when it was not opened."""
    opened: bool
    """False where the backup's identity is elsewhere, or a newer backup has taken its place meanwhile."""


class BackupsThinned(Model):
    """What is no longer kept."""

    removed: list[str]


class Backups(ABC):
    """Backups of the embedded servers' data."""

    @activity.defn(name="backups.create")
    @abstractmethod
    async def create(self, wanted: BackupToMake) -> BackupMade:
        """Makes a base backup, a recovery point and a copy of the keys. One that ends before its manifest is none."""

    @activity.defn(name="backups.verify")
    @abstractmethod
    async def verify(self, backup: BackupName) -> BackupChecked:
        """Restores a backup into a scratch database and compares it with its manifest.

        Raises `BackupDamaged` when it is not what it should be. Idempotent.
        """

    @activity.defn(name="backups.thin_out")
    @abstractmethod
    async def thin_out(self, newest: BackupName) -> BackupsThinned:
        """Removes the backups that are no longer kept, and what only they needed. Idempotent."""
