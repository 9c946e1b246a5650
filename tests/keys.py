"""The keys of a test run: a real store in a file, and a master key that nobody else has."""

from __future__ import annotations

import atexit
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload

from activities.encryption.master_keys import KeyRing, RingFile
from activities.encryption.sqlite_key_store import SQLiteKeyStore
from schema.encrypted_columns import EncryptedColumn
from workers.database_address import DatabaseAddress
from workers.migrations import KEY_MIGRATIONS
from workers.process_encryption import Encryption
from workers.stack.home import Home


@cache
def encryption() -> Encryption:
    """What all tests of this process encrypt with, but for those that play with keys themselves."""
    folder = tempfile.TemporaryDirectory(prefix="selfology-keys-")
    atexit.register(folder.cleanup)
    return encryption_in(Path(folder.name))


def encryption_in(folder: Path, *, writes: bool = True) -> Encryption:
    """Keys of their own, in a folder."""
    ring = KeyRing.parse(KeyRing.new_word("test"))
    return Encryption(key_file(folder / "keys.db"), ring, writes)


def fresh(keys: Encryption) -> Encryption:
    """The same store and master keys in a process that has just begun: nothing of them is at hand yet."""
    return replace(keys)


def key_file(file: Path) -> SQLiteKeyStore:
    """A key store with its tables."""
    with closing(sqlite3.connect(file)) as database:
        for migration in sorted((KEY_MIGRATIONS / "sqlite").glob("*.sql")):
            database.executescript(migration.read_text().partition("-- migrate:down")[0])
    return SQLiteKeyStore(file)


def encryption_of(home: Home) -> Encryption:
    """What an embedded stack encrypts with."""
    return Encryption(SQLiteKeyStore(home.keys), RingFile(home.master_keys), writes=True)


async def readable(
    rows: Sequence[asyncpg.Record], *columns: EncryptedColumn, by: Encryption | None = None
) -> list[dict[str, Any]]:
    """The rows of a query with these columns decrypted. The query also names what binds a text to its row."""
    texts = (by or encryption()).columns
    found = [dict(row) for row in rows]
    for row in found:
        for column in columns:
            match row[column.name]:
                case str(kept):
                    row[column.name] = await texts.open(kept, column, row)
                case list(several):
                    row[column.name] = [await texts.open(kept, column, row) for kept in several]
    return found


MASTER_KEYS = {"SELFOLOGY_MASTER_KEYS": KeyRing.new_word("test")}
"""The setting of a deployment."""


def key_settings(database_url: str) -> dict[str, str]:
    """What a deployment sets for its keys: a database of their own, on the server of another one."""
    return MASTER_KEYS | {"KEYS_DATABASE_URL": replace(DatabaseAddress.parse(database_url), database="keys").url}


Kept = TypeVar("Kept", bound=Message)


def payloads_in(message: Message) -> list[Payload]:
    """Every payload below a message of Temporal's."""
    if isinstance(message, Payload):
        return [message]
    found: list[Payload] = []
    for field, value in message.ListFields():
        several = [value] if not field.is_repeated else value.values() if hasattr(value, "values") else value
        found.extend(payload for each in several if isinstance(each, Message) for payload in payloads_in(each))
    return found


async def decrypted(message: Kept, by: Encryption | None = None) -> Kept:
    """A message of Temporal's, such as an event, with its payloads decrypted."""
    copy = type(message)()
    copy.CopyFrom(message)
    codec = (by or encryption()).data_converter.payload_codec
    assert codec is not None
    for payload in payloads_in(copy):
        (clear,) = await codec.decode([payload])
        payload.CopyFrom(clear)
    return copy
