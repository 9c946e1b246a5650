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
KEY_MIGRATIONS = Path(schema.__file__).parent / "keys"
"""Those of the key store, a folder for each kind of database."""

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


async def migrations_of(database_url: str, folder: Path = MIGRATIONS) -> Migrations:
    """Reads the migrations of a database. Raises `OperatorError`, as all functions of this module do."""
    shipped = sorted(shipped_in(folder))
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


async def migrate(database_url: str, folder: Path = MIGRATIONS) -> str:
    """Creates the database if it is missing and applies pending migrations. Safe to call from several processes.

    Returns dbmate's output for operators.
    """
    try:
        migrations = await migrations_of(database_url, folder)
    except NoDatabase:
        return await dbmate(database_url, "up", folder)
    migrations.refuse_newer()
    return await dbmate(database_url, "up", folder) if migrations.pending else ""


async def rollback(database_url: str) -> str:
    """Rolls back the last migration. Returns dbmate's output for operators."""
    migrations = await migrations_of(database_url)
    # dbmate would skip unknown migrations and roll back an earlier one.
    migrations.refuse_unknown()
    return await dbmate(database_url, "rollback", MIGRATIONS) if migrations.applied else ""


async def status(database_url: str) -> str:
    """Lists the migrations that are applied, pending, or of a newer version."""
    migrations, files = await migrations_of(database_url), shipped_in(MIGRATIONS)
    pending, unknown = migrations.pending, migrations.unknown
    return "\n".join(
        [
            *(f"[{' ' if version in pending else 'X'}] {files[version]}" for version in sorted(files)),
            *(f"[?] {version}, which this version of Selfology does not know" for version in unknown),
            f"\nApplied: {len(migrations.applied) + len(unknown)}\nPending: {len(pending)}",
        ]
    )


def shipped_in(folder: Path) -> dict[str, str]:
    """Returns the file name of each migration of a folder, by its version."""
    return {file.name.partition("_")[0]: file.name for file in folder.glob("*.sql")}


async def dbmate(database_url: str, command: str, folder: Path) -> str:
    """Runs dbmate on a database of PostgreSQL, or on a file of SQLite (`sqlite:...`). Returns what it said."""
    on_postgres = not database_url.startswith("sqlite:")
    process = await asyncio.create_subprocess_exec(
        program("dbmate"),
        # --env-file: dbmate would otherwise read the `.env` of the working directory.
        *("--env-file", os.devnull, "--migrations-dir", str(folder), "--no-dump-schema"),
        *(("--migration-lock",) if on_postgres else ()),
        command,
        # By the environment, because all users of the machine can read the command line.
        env={
            **basic_environment(*_POSTGRES_VARIABLES),
            "DATABASE_URL": f"{database_url}&connect_timeout={CONNECT_WITHIN}" if on_postgres else database_url,
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    said = output.decode(errors="replace").strip()
    if process.returncode:
        place = f"PostgreSQL at {DatabaseAddress.parse(database_url)}" if on_postgres else "The key store"
        raise OperatorError(
            f"{place}: dbmate {command} failed{_failure_details(said, errors.decode(errors='replace'), folder)}."
            + (" PostgreSQL's log says more." if on_postgres else "")
        )
    return said


def _failure_details(output: str, errors: str, folder: Path) -> str:
    """Returns the known parts of dbmate's output: the migration that failed and PostgreSQL's error code."""
    shipped = shipped_in(folder).values()
    known = [f for f in re.findall(r"^(?:Applying|Rolling back): (\S+)", output, re.MULTILINE) if f in shipped][-1:]
    if code := re.search(r"\(([0-9A-Z]{5})\)|SQLSTATE[ =]([0-9A-Z]{5})", errors):
        known.append(f"error {code[1] or code[2]}")
    return f" ({', '.join(known)})" if known else ""
