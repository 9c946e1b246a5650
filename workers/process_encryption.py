"""The keys of a process: their store, the master keys, and what encrypts with them."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr
from temporalio.client import Interceptor
from temporalio.converter import DataConverter

from activities.encryption.column import TextColumns
from activities.encryption.data_keys import KEPT_FOR, DataKeys
from activities.encryption.identities import StoredIdentities
from activities.encryption.key_store import KeyStore
from activities.encryption.master_keys import KeyRing, MasterKeys, RingFile
from activities.encryption.postgres_key_store import PostgresKeyStore
from activities.encryption.sqlite_key_store import SQLiteKeyStore
from schema.operator_error import OperatorError
from workers.data_converter import encrypting
from workers.database import database_pool
from workers.encryption.channel_keys import ChannelKeys
from workers.encryption.settings import EncryptionSettings
from workers.migrations import KEY_MIGRATIONS, dbmate, migrations_of, shipped_in
from workers.optional_dependencies import require_extra

CONNECTIONS = 4
"""Connections of a process to a key database."""


class KeyFiles(Protocol):
    """The files of a machine that keeps its own keys: its home directory."""

    @property
    def keys(self) -> Path:
        """The key store."""
        ...

    @property
    def master_keys(self) -> Path:
        """The master keys."""
        ...

    def kept_master_keys(self) -> str:
        """Reads the master keys; the first is made when there is none."""
        ...


@dataclass(frozen=True)
class Encryption:
    """What one process encrypts with."""

    store: KeyStore
    masters: MasterKeys
    writes: bool
    """Whether it writes ciphertext."""
    kept_for: float = KEPT_FOR
    """Seconds that it keeps a key."""

    @cached_property
    def keys(self) -> DataKeys:
        """The data keys."""
        return DataKeys(self.store, self.masters, kept_for=self.kept_for)

    @property
    def data_converter(self) -> DataConverter:
        """For Temporal clients."""
        return encrypting(self.keys, writes=self.writes)

    @property
    def columns(self) -> TextColumns:
        """For PostgreSQL."""
        return TextColumns(self.keys, writes=self.writes)

    def identities(self, pepper: SecretStr) -> StoredIdentities:
        """Who is whose."""
        return StoredIdentities(self.store, pepper, kept_for=self.kept_for)

    @property
    def for_channels(self) -> list[Interceptor]:
        """What only the clients of channels have."""
        return [ChannelKeys(self.keys)] if self.writes else []


@asynccontextmanager
async def opened_encryption(files: KeyFiles | None) -> AsyncIterator[Encryption]:
    """Opens the key store and the master keys of the settings, or those in the files of this machine.

    Raises `OperatorError` when they can't be used, or are not set and there are no files.
    """
    settings = EncryptionSettings()
    if settings.keys_database_url is None:
        if files is None:
            raise OperatorError(
                "Processes on several machines need one key store: set KEYS_DATABASE_URL, a database of its own, and"
                " SELFOLOGY_MASTER_KEYS or SELFOLOGY_VAULT_ADDRESS."
            )
        # A new one in its place would leave everybody unreadable, and tell nobody.
        if files.master_keys.exists() and not files.keys.exists():
            raise OperatorError(
                f"{files.keys} is missing: put it back from its newest backup; without it nobody's texts can be read."
            )
        # Before the first master key, so that one without the other is never what a kill has left.
        files.keys.touch(mode=0o600)
        masters = _masters(settings, files)
        await _prepare(files.keys)
        yield Encryption(SQLiteKeyStore(files.keys), masters, settings.encryption)
        return
    masters = _masters(settings, files)
    (await migrations_of(settings.keys_database_url, KEY_MIGRATIONS / "postgres")).refuse_other()
    async with database_pool(settings.keys_database_url, min_size=1, max_size=CONNECTIONS) as pool:
        yield Encryption(PostgresKeyStore(pool), masters, settings.encryption)


def master_keys_of(files: KeyFiles) -> MasterKeys:
    """The master keys of the settings, or those in the files of this machine. Raises `OperatorError`."""
    return _masters(EncryptionSettings(), files)


def _masters(settings: EncryptionSettings, files: KeyFiles | None) -> MasterKeys:
    if settings.vault_address is not None:
        require_extra("vault", otherwise=", or set SELFOLOGY_MASTER_KEYS")
        from activities.encryption.vault import VaultTransit  # noqa: PLC0415 - an install may lack it

        if settings.vault_token is None:
            raise OperatorError("SELFOLOGY_VAULT_TOKEN is not set.")
        return VaultTransit(settings.vault_address, settings.vault_token, settings.vault_key, settings.vault_mount)
    if settings.master_keys is not None:
        return KeyRing.parse(settings.master_keys.get_secret_value())
    if files is None:
        raise OperatorError("The master keys are not set: set SELFOLOGY_MASTER_KEYS or SELFOLOGY_VAULT_ADDRESS.")
    if files.keys.exists() and files.keys.stat().st_size and not files.master_keys.exists():
        raise OperatorError(f"{files.master_keys} is missing: put it back; without it nobody's texts can be read.")
    files.kept_master_keys()
    return RingFile(files.master_keys)


async def _prepare(file: Path) -> None:
    """Makes the file of keys, or brings it up to this version."""
    # Whoever joins a running stack finds it up to date. The first one is the supervisor, alone.
    folder = KEY_MIGRATIONS / "sqlite"
    if set(shipped_in(folder)) - _applied(file):
        await dbmate(f"sqlite:{file}", "up", folder)


def _applied(file: Path) -> set[str]:
    """Reads the migrations of a file, of which an empty one has none."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            tables = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'").fetchone()
            return {row[0] for row in database.execute("SELECT version FROM schema_migrations")} if tables else set()
    except (sqlite3.Error, OSError) as error:
        raise OperatorError(
            f"The key store {file} can't be read ({type(error).__name__}): put it back from its newest backup."
        ) from None
