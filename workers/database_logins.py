"""Makes the logins of processes, each a member of its role."""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress

import asyncpg
from pydantic import Field, SecretStr, field_validator

from schema.environment import EnvironmentSettings
from schema.operator_error import OperatorError
from workers.database import database_connection
from workers.database_roles import Role

ITERATIONS = 4096
"""Of a password's hash, as PostgreSQL makes it itself."""


class LoginSettings(EnvironmentSettings):
    """The passwords of the logins that `selfology db logins` makes."""

    worker: SecretStr | None = Field(default=None, validation_alias="WORKER_DATABASE_PASSWORD")
    """The password of the workers' login."""
    bot: SecretStr | None = Field(default=None, validation_alias="BOT_DATABASE_PASSWORD")
    """The password of the bot's login."""
    codec: SecretStr | None = Field(default=None, validation_alias="CODEC_DATABASE_PASSWORD")
    """The password of the codec server's login, which is one in the database of keys, too."""
    operator: SecretStr | None = Field(default=None, validation_alias="OPERATOR_DATABASE_PASSWORD")
    """The password of the operators' login."""

    @field_validator("worker", "bot", "codec", "operator")
    @classmethod
    def _plain(cls, password: SecretStr | None) -> SecretStr | None:
        # Other characters would have to be normalised before they are hashed (SASLprep).
        said = password.get_secret_value() if password else ""
        if not (said.isascii() and said.isprintable()):
            raise ValueError("takes printable ASCII characters")
        return password

    @property
    def passwords(self) -> dict[Role, SecretStr]:
        """Those that are set."""
        told = {
            Role.WORKER: self.worker,
            Role.BOT: self.bot,
            Role.CODEC: self.codec,
            Role.OPERATOR: self.operator,
        }
        return {role: password for role, password in told.items() if password is not None}


async def set_logins(database_url: str, keys_database_url: str | None) -> str:
    """Makes the logins whose passwords are configured, or gives them these passwords. Returns a line for operators.

    In the database of keys it makes that of the codec server, which is the only one to read there and not to write.
    Raises `OperatorError` when none is configured, or the user of the address may make no roles.
    """
    passwords = LoginSettings().passwords
    if not passwords:
        raise OperatorError("No login has a password: set WORKER_DATABASE_PASSWORD, or that of BOT, CODEC, OPERATOR.")
    async with database_connection(database_url) as connection:
        await make_logins(connection, passwords)
    if keys_database_url is not None and Role.CODEC in passwords:
        async with database_connection(keys_database_url) as connection:
            await make_logins(connection, {Role.CODEC: passwords[Role.CODEC]})
    return f"Logins: {', '.join(role.login for role in passwords)}"


async def make_logins(connection: asyncpg.Connection, passwords: Mapping[Role, SecretStr | None]) -> None:
    """Makes a login for each of the roles, and the roles themselves before they are granted anything."""
    for role, password in passwords.items():
        await _make_role(connection, role, "NOLOGIN")
        await _make_role(connection, role.login, "LOGIN")
        await connection.execute(f"GRANT {role} TO {role.login}")
        if password is not None:
            await connection.execute(f"ALTER ROLE {role.login} PASSWORD '{_verifier(password.get_secret_value())}'")


async def _make_role(connection: asyncpg.Connection, name: str, kind: str) -> None:
    # Who may make no roles may still find them made.
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", name):
        # Another process makes it, too.
        with suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
            await connection.execute(f"CREATE ROLE {name} {kind}")


def _verifier(password: str) -> str:
    """Returns what PostgreSQL keeps of a password (SCRAM-SHA-256, RFC 5803): it logs statements, passwords included."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    told = [b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${ITERATIONS}:{told[0]}${told[1]}:{told[2]}"
