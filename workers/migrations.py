"""Runs the migrations of `schema/migrations` with dbmate, and compares a database with them."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path

import schema
from schema.operator_error import OperatorError
from workers.database import CONNECT_WITHIN, NoDatabase, database_connection
from workers.database_address import DatabaseAddress
from workers.executables import basic_environment, program

MIGRATIONS = Path(schema.__file__).parent / "migrations"

# PostgreSQL's own variables, which asyncpg and dbmate both read.
_POSTGRES_VARIABLES = (
    "PGPASSWORD",
    "PGPASSFILE",
    "PGSSLROOTCERT",
    "PGSSLCERT",
    "PGSSLKEY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)


@dataclass(frozen=True)
class Migrations:
    """The migrations of a database compared with those of this version of the code."""

    applied: list[str]
    pending: list[str]
    unknown: list[str]
    """Applied by a newer version of the code."""
    additive: frozenset[str] = frozenset()
    """Those that an older version can work with. Migrations record this in the database themselves."""

    def refuse_newer(self) -> None:
        """Raises `OperatorError` when the database has an unknown migration that is not additive."""
        _refuse([version for version in self.unknown if version not in self.additive])

    def refuse_unknown(self) -> None:
        """Raises `OperatorError` when the database has any unknown migration."""
        _refuse(self.unknown)

    def refuse_other(self) -> None:
        """Raises `OperatorError` when the database is too new for this version or lacks migrations."""
        self.refuse_newer()
        if self.pending:
            raise OperatorError(f"The database lacks {len(self.pending)} migrations: run `selfology db migrate`.")


def _refuse(unknown: list[str]) -> None:
    if unknown:
        raise OperatorError(
            f"The database is newer than this version of Selfology, which does not know migration"
            f" {', '.join(unknown)}: run the version that made it."
        )


async def migrations_of(database_url: str) -> Migrations:
    """Reads the migrations of a database. Raises `OperatorError`, as all functions of this module do."""
    shipped = sorted(_shipped())
    async with database_connection(database_url) as connection:
        # The table does not exist before the first migration.
        there = await connection.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL")
        rows = await connection.fetch("SELECT version FROM schema_migrations") if there else []
        told = await connection.fetchval("SELECT to_regclass('additive_migrations') IS NOT NULL")
        additive = await connection.fetch("SELECT version FROM additive_migrations") if told else []
    has = {str(row["version"]) for row in rows}
    return Migrations(
        applied=[version for version in shipped if version in has],
        pending=[version for version in shipped if version not in has],
        unknown=sorted(has.difference(shipped)),
        additive=frozenset(str(row["version"]) for row in additive),
    )


async def migrate(database_url: str) -> str:
    """Creates the database if it is missing and applies pending migrations. Safe to call from several processes.

    Returns dbmate's output for operators.
    """
    try:
        migrations = await migrations_of(database_url)
    except NoDatabase:
        return await _dbmate(database_url, "up")
    migrations.refuse_newer()
    return await _dbmate(database_url, "up") if migrations.pending else ""


async def rollback(database_url: str) -> str:
    """Rolls back the last migration. Returns dbmate's output for operators."""
    migrations = await migrations_of(database_url)
    # dbmate would skip unknown migrations and roll back an earlier one.
    migrations.refuse_unknown()
    return await _dbmate(database_url, "rollback") if migrations.applied else ""


async def status(database_url: str) -> str:
    """Lists the migrations that are applied, pending, or of a newer version."""
    migrations, files = await migrations_of(database_url), _shipped()
    pending, unknown = migrations.pending, migrations.unknown
    return "\n".join(
        [
            *(f"[{' ' if version in pending else 'X'}] {files[version]}" for version in sorted(files)),
            *(f"[?] {version}, which this version of Selfology does not know" for version in unknown),
            f"\nApplied: {len(migrations.applied) + len(unknown)}\nPending: {len(pending)}",
        ]
    )


def _shipped() -> dict[str, str]:
    """Returns the file name of each migration by its version."""
    return {file.name.partition("_")[0]: file.name for file in MIGRATIONS.glob("*.sql")}


async def _dbmate(database_url: str, command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        program("dbmate"),
        # --env-file: dbmate would otherwise read the `.env` of the working directory.
        *("--env-file", os.devnull, "--migrations-dir", str(MIGRATIONS), "--no-dump-schema", "--migration-lock"),
        command,
        # By the environment, because all users of the machine can read the command line.
        env={
            **basic_environment(*_POSTGRES_VARIABLES),
            "DATABASE_URL": f"{database_url}&connect_timeout={CONNECT_WITHIN}",
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    said = output.decode(errors="replace").strip()
    if process.returncode:
        raise OperatorError(
            f"PostgreSQL at {DatabaseAddress.parse(database_url)}: dbmate {command} failed"
            f"{_failure_details(said, errors.decode(errors='replace'))}. PostgreSQL's log says more."
        )
    return said


def _failure_details(output: str, errors: str) -> str:
    """Returns the known parts of dbmate's output: the migration that failed and PostgreSQL's error code."""
    shipped = _shipped().values()
    known = [f for f in re.findall(r"^(?:Applying|Rolling back): (\S+)", output, re.MULTILINE) if f in shipped][-1:]
    if code := re.search(r"\(([0-9A-Z]{5})\)|SQLSTATE[ =]([0-9A-Z]{5})", errors):
        known.append(f"error {code[1] or code[2]}")
    return f" ({', '.join(known)})" if known else ""
