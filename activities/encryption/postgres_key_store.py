"""The key store of several machines: a PostgreSQL database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import asyncpg

from activities.encryption.key_store import REMEMBERED_FOR, KeyStore, Newest, Tombstone, WrappedKey
from schema.errors import KeysAway
from schema.identity import Identity
from schema.keys.key_id import KeyId

_KEY = "owner, version, master, wrapped"


class PostgresKeyStore(KeyStore):
    """Keys in a migrated database, which is not the one of what they encrypt."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def newest(self, owner: str) -> Newest:
        with _away():
            row = await self._pool.fetchrow(
                f"SELECT {_KEY}, (SELECT coalesce(max(version), 0) FROM destroyed_keys WHERE owner = $1) AS destroyed"
                " FROM (SELECT) AS always LEFT JOIN"
                " (SELECT * FROM data_keys WHERE owner = $1 ORDER BY version DESC LIMIT 1) AS key ON true",
                owner,
            )
        assert row is not None
        key = _key(row) if row["version"] else None
        return Newest(key, max(key.id.version if key else 0, row["destroyed"]))

    async def get(self, key_id: KeyId) -> WrappedKey | None:
        with _away():
            row = await self._pool.fetchrow(f"SELECT {_KEY} FROM data_keys WHERE owner = $1 AND version = $2", *key_id)
        return _key(row) if row else None

    async def add(self, key: WrappedKey) -> None:
        with _away():
            await self._pool.execute(
                f"INSERT INTO data_keys ({_KEY}) SELECT $1, $2, $3, $4"
                " WHERE NOT EXISTS (SELECT FROM destroyed_keys WHERE owner = $1 AND version >= $2)"
                " ON CONFLICT DO NOTHING",
                *key.id,
                key.master,
                key.wrapped,
            )

    async def destroy(self, key_id: KeyId, destroyed_at: datetime | None = None) -> None:
        with _away():
            await self._pool.execute(
                """
                WITH destroyed AS (
                    DELETE FROM data_keys WHERE owner = $1 AND version <= $2
                ), unlinked AS (
                    DELETE FROM identities WHERE user_ref = $1
                        AND NOT EXISTS (SELECT FROM data_keys WHERE owner = $1 AND version > $2)
                ), forgotten AS (
                    DELETE FROM destroyed_keys WHERE destroyed_at < now() - $3::interval AND owner <> $1
                )
                INSERT INTO destroyed_keys (owner, version, destroyed_at) VALUES ($1, $2, coalesce($4, now()))
                ON CONFLICT DO NOTHING
                """,
                *key_id,
                REMEMBERED_FOR,
                destroyed_at,
            )

    async def person_of(self, identity: Identity) -> str | None:
        with _away():
            found: str | None = await self._pool.fetchval(
                "SELECT user_ref FROM identities WHERE channel = $1 AND subject = $2", *identity
            )
        return found

    async def link(self, identity: Identity, person: str) -> None:
        with _away():
            await self._pool.execute(
                "INSERT INTO identities (channel, subject, user_ref) VALUES ($1, $2, $3)"
                " ON CONFLICT (channel, subject) DO UPDATE SET user_ref = excluded.user_ref",
                *identity,
                person,
            )

    async def tombstones(self, within: timedelta) -> list[Tombstone]:
        with _away():
            rows = await self._pool.fetch(
                "SELECT owner, max(version) AS version, max(destroyed_at) AS destroyed_at FROM destroyed_keys"
                " WHERE destroyed_at > now() - $1::interval GROUP BY owner",
                within,
            )
        return [Tombstone(KeyId(row["owner"], row["version"]), row["destroyed_at"]) for row in rows]

    async def page(self, after: KeyId | None, limit: int) -> list[WrappedKey]:
        with _away():
            rows = await self._pool.fetch(
                f"SELECT {_KEY} FROM data_keys WHERE (owner, version) > ($1, $2) ORDER BY owner, version LIMIT $3",
                *(after or ("", 0)),
                limit,
            )
        return [_key(row) for row in rows]

    async def replace(self, old: WrappedKey, new: WrappedKey) -> None:
        with _away():
            await self._pool.execute(
                "UPDATE data_keys SET master = $1, wrapped = $2 WHERE owner = $3 AND version = $4 AND wrapped = $5",
                new.master,
                new.wrapped,
                *old.id,
                old.wrapped,
            )

    async def one_of_each_master(self) -> list[WrappedKey]:
        with _away():
            rows = await self._pool.fetch(
                f"SELECT DISTINCT ON (master) {_KEY} FROM data_keys ORDER BY master, made_at DESC"
            )
        return [_key(row) for row in rows]

    async def count(self) -> dict[str, int]:
        with _away():
            rows = await self._pool.fetch("SELECT master, count(*) AS keys FROM data_keys GROUP BY 1 ORDER BY 1")
        return {row["master"]: row["keys"] for row in rows}


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise KeysAway(
            f"The key store can't be reached ({type(error).__name__}): check KEYS_DATABASE_URL and its server."
        ) from None


def _key(row: asyncpg.Record) -> WrappedKey:
    return WrappedKey(KeyId(row["owner"], row["version"]), row["master"], row["wrapped"])
