"""Remembers destroyed keys in PostgreSQL, away from the key store: a restore of either must not bring anybody back."""

from __future__ import annotations

from datetime import datetime, timedelta

import asyncpg

from activities.encryption.key_store import REMEMBERED_FOR, Tombstone
from schema.keys.key_id import KeyId


class PostgresTombstones:
    """One row an owner, as long as the key store remembers it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def keep(self, key: KeyId, destroyed_at: datetime | None = None) -> None:
        """Remembers that a key and all before it are destroyed, now or at another time. Idempotent."""
        await self._pool.execute(
            """
            WITH forgotten AS (
                DELETE FROM account_system.destroyed_keys WHERE destroyed_at < now() - $4::interval AND owner <> $1
            )
            INSERT INTO account_system.destroyed_keys AS kept (owner, version, destroyed_at)
            VALUES ($1, $2, coalesce($3, now()))
            ON CONFLICT (owner) DO UPDATE SET version = excluded.version, destroyed_at = excluded.destroyed_at
            WHERE excluded.version > kept.version
            """,
            *key,
            destroyed_at,
            REMEMBERED_FOR,
        )

    async def all(self, within: timedelta) -> list[Tombstone]:
        """Returns those that are not older than this."""
        rows = await self._pool.fetch(
            "SELECT owner, version, destroyed_at FROM account_system.destroyed_keys"
            " WHERE destroyed_at > now() - $1::interval",
            within,
        )
        return [Tombstone(KeyId(row["owner"], row["version"]), row["destroyed_at"]) for row in rows]
