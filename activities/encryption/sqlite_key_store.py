"""The key store of one machine: an SQLite file in which what is deleted is overwritten."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from activities.encryption.key_store import REMEMBERED_FOR, KeyStore, Newest, Tombstone, WrappedKey
from schema.errors import KeysAway
from schema.identity import Identity
from schema.keys.key_id import KeyId

BUSY_WITHIN = 5.0
"""Seconds to wait for another process that writes."""

Result = TypeVar("Result")
Row = tuple[str, int, str, str]

_KEY = "owner, version, master, wrapped"


class SQLiteKeyStore(KeyStore):
    """Keys in one file, for the processes of one machine. Expects a migrated file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def newest(self, owner: str) -> Newest:
        def read(database: sqlite3.Connection) -> Newest:
            row = database.execute(
                f"SELECT {_KEY} FROM data_keys WHERE owner = ? ORDER BY version DESC LIMIT 1", (owner,)
            ).fetchone()
            destroyed = database.execute(
                "SELECT coalesce(max(version), 0) FROM destroyed_keys WHERE owner = ?", (owner,)
            ).fetchone()[0]
            key = _key(row) if row else None
            return Newest(key, max(key.id.version if key else 0, destroyed))

        return await self._run(read)

    async def get(self, key_id: KeyId) -> WrappedKey | None:
        def read(database: sqlite3.Connection) -> WrappedKey | None:
            row = database.execute(
                f"SELECT {_KEY} FROM data_keys WHERE owner = ? AND version = ?", tuple(key_id)
            ).fetchone()
            return _key(row) if row else None

        return await self._run(read)

    async def add(self, key: WrappedKey) -> None:
        await self._run(
            lambda database: database.execute(
                f"INSERT INTO data_keys ({_KEY}) SELECT ?1, ?2, ?3, ?4"
                " WHERE NOT EXISTS (SELECT 1 FROM destroyed_keys WHERE owner = ?1 AND version >= ?2)"
                " ON CONFLICT DO NOTHING",
                (*key.id, key.master, key.wrapped),
            )
        )

    async def destroy(self, key_id: KeyId, destroyed_at: datetime | None = None) -> None:
        def delete(database: sqlite3.Connection) -> None:
            database.execute(
                "INSERT INTO destroyed_keys (owner, version, destroyed_at) VALUES (?, ?, strftime(?, ?))"
                " ON CONFLICT DO NOTHING",
                (*key_id, "%Y-%m-%dT%H:%M:%fZ", destroyed_at.isoformat() if destroyed_at else "now"),
            )
            database.execute("DELETE FROM data_keys WHERE owner = ? AND version <= ?", tuple(key_id))
            database.execute(
                "DELETE FROM identities WHERE user_ref = ?1 AND NOT EXISTS (SELECT 1 FROM data_keys WHERE owner = ?1)",
                (key_id.owner,),
            )
            database.execute(
                "DELETE FROM destroyed_keys WHERE destroyed_at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?)",
                (f"-{REMEMBERED_FOR.days} days",),
            )

        await self._run(delete)

    async def person_of(self, identity: Identity) -> str | None:
        def read(database: sqlite3.Connection) -> str | None:
            row = database.execute(
                "SELECT user_ref FROM identities WHERE channel = ? AND subject = ?", tuple(identity)
            ).fetchone()
            return str(row[0]) if row else None

        return await self._run(read)

    async def link(self, identity: Identity, person: str) -> None:
        await self._run(
            lambda database: database.execute(
                "INSERT INTO identities (channel, subject, user_ref) VALUES (?, ?, ?)"
                " ON CONFLICT (channel, subject) DO UPDATE SET user_ref = excluded.user_ref",
                (*identity, person),
            )
        )

    async def tombstones(self, within: timedelta) -> list[Tombstone]:
        def read(database: sqlite3.Connection) -> list[Tombstone]:
            rows = database.execute(
                "SELECT owner, max(version), max(destroyed_at) FROM destroyed_keys"
                " WHERE destroyed_at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?) GROUP BY owner",
                (f"-{within.total_seconds():.0f} seconds",),
            )
            return [Tombstone(KeyId(owner, version), datetime.fromisoformat(at)) for owner, version, at in rows]

        return await self._run(read)

    async def page(self, after: KeyId | None, limit: int) -> list[WrappedKey]:
        def read(database: sqlite3.Connection) -> list[WrappedKey]:
            rows = database.execute(
                f"SELECT {_KEY} FROM data_keys WHERE (owner, version) > (?, ?) ORDER BY owner, version LIMIT ?",
                (*(after or ("", 0)), limit),
            )
            return [_key(row) for row in rows]

        return await self._run(read)

    async def replace(self, old: WrappedKey, new: WrappedKey) -> None:
        await self._run(
            lambda database: database.execute(
                "UPDATE data_keys SET master = ?, wrapped = ? WHERE owner = ? AND version = ? AND wrapped = ?",
                (new.master, new.wrapped, *old.id, old.wrapped),
            )
        )

    async def one_of_each_master(self) -> list[WrappedKey]:
        def read(database: sqlite3.Connection) -> list[WrappedKey]:
            # Beside a max, SQLite takes the other columns from its row.
            rows = database.execute(f"SELECT {_KEY}, max(made_at) FROM data_keys GROUP BY master ORDER BY master")
            return [_key(row[:-1]) for row in rows]

        return await self._run(read)

    async def count(self) -> dict[str, int]:
        return await self._run(
            lambda database: dict(database.execute("SELECT master, count(*) FROM data_keys GROUP BY 1 ORDER BY 1"))
        )

    async def _run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        return await asyncio.to_thread(self._in_transaction, work)

    def _in_transaction(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        # A connection a call: the file may be put back from a backup.
        try:
            with closing(sqlite3.connect(f"{self._file.as_uri()}?mode=rw", uri=True, timeout=BUSY_WITHIN)) as database:
                database.execute("PRAGMA secure_delete = ON")
                # The journal of a deletion, which holds the old page, goes with its end.
                database.execute("PRAGMA journal_mode = DELETE")
                with database:
                    return work(database)
        except sqlite3.Error as error:
            raise KeysAway(
                f"The key store {self._file} can't be used ({type(error).__name__}): put it back, or look at its disk."
            ) from None


def _key(row: Row) -> WrappedKey:
    owner, version, master, wrapped = row
    return WrappedKey(KeyId(owner, version), master, wrapped)
