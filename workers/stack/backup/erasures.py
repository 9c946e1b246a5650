"""Remembers whose keys were destroyed beside the backups, where no restore forgets it, and destroys them again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from activities.encryption.key_store import REMEMBERED_FOR, KeyStore, Tombstone
from activities.encryption.sqlite_key_store import SQLiteKeyStore
from schema.base_model import Model
from schema.keys.key_id import KeyId
from workers.stack.backup.archive import BackedUp
from workers.stack.backup.sealing import damaged, seal, unseal
from workers.stack.backup.settings import BackupKeys


class Erasure(Model):
    """What is written down of a tombstone."""

    owner: str
    version: int
    destroyed_at: datetime

    @classmethod
    def of(cls, tombstone: Tombstone) -> Self:
        """Writes one down."""
        return cls(owner=tombstone.key.owner, version=tombstone.key.version, destroyed_at=tombstone.destroyed_at)

    @property
    def tombstone(self) -> Tombstone:
        """What was written down."""
        return Tombstone(KeyId(self.owner, self.version), self.destroyed_at)


async def remember_erasures(of: BackedUp) -> None:
    """Writes a file for each that has none."""
    tombstones = await SQLiteKeyStore(of.home.keys).tombstones(REMEMBERED_FOR)
    files = {of.archive.erasure(each.key, each.destroyed_at): each for each in tombstones}
    await asyncio.to_thread(_write, files, of.keys)


def _write(files: dict[Path, Tombstone], keys: BackupKeys) -> None:
    for file, each in files.items():
        if not file.exists():
            seal(BytesIO(Erasure.of(each).model_dump_json().encode()), file, keys.recipient)


def remembered_erasures(of: BackedUp) -> list[Tombstone]:
    """Reads all files. Raises `OperatorError` when one is damaged."""
    found: list[Tombstone] = []
    for file in sorted(of.archive.erasures.glob("*.age")):
        text = BytesIO()
        unseal(file, text, of.keys.opened)
        try:
            found.append(Erasure.model_validate_json(text.getvalue()).tombstone)
        except ValidationError:
            raise damaged(file) from None
    return found


async def erase_again(store: KeyStore, tombstones: Iterable[Tombstone]) -> None:
    """Destroys keys that a restore has brought back. Idempotent."""
    for each in tombstones:
        await store.destroy(each.key, each.destroyed_at)
