"""The database's migrations: plain SQL in `schema/migrations`, run by dbmate."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import schema
from workers.errors import OperatorError
from workers.programs import program

MIGRATIONS = Path(schema.__file__).parent / "migrations"


async def migrate(database_url: str) -> str:
    """Creates the database if need be and applies what is pending; several processes wait for each other.

    Returns what was done, for an operator. Raises `OperatorError`, as all functions here.
    """
    return await _dbmate(database_url, "up")


async def rollback(database_url: str) -> str:
    """Takes the last migration back. Returns what was done."""
    return await _dbmate(database_url, "rollback")


async def status(database_url: str) -> str:
    """Which migrations are applied and which are pending."""
    return await _dbmate(database_url, "status")


async def pending(database_url: str) -> int:
    """How many migrations the database lacks."""
    report = re.search(r"^Pending: (\d+)$", await _dbmate(database_url, "status"), re.MULTILINE)
    if report is None:
        raise OperatorError("dbmate's report of pending migrations can't be read.")
    return int(report[1])


async def _dbmate(database_url: str, command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        program("dbmate"),
        *("--migrations-dir", str(MIGRATIONS), "--no-dump-schema", "--migration-lock", command),
        # By environment: a command line, with the password in it, can be read by everybody on the machine.
        env={**os.environ, "DATABASE_URL": _as_asyncpg_reads_it(database_url)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    if process.returncode:
        lines = errors.decode(errors="replace").strip().splitlines() or [f"exit code {process.returncode}"]
        reason = lines[-1].removeprefix("Error: ")
        raise OperatorError(f"PostgreSQL at {_location(database_url)}: {reason} (dbmate {command}).")
    return output.decode(errors="replace").strip()


def _as_asyncpg_reads_it(database_url: str) -> str:
    """The same address with asyncpg's defaults, where dbmate would insist on TLS and wait for ever."""
    url = urlsplit(database_url)
    query = {"sslmode": ["prefer"], "connect_timeout": ["10"], **parse_qs(url.query)}
    return url._replace(query=urlencode(query, doseq=True)).geturl()


def _location(database_url: str) -> str:
    """Where the server is, without user and password."""
    url = urlsplit(database_url)
    sockets = parse_qs(url.query).get("host")
    return url.netloc.rpartition("@")[2] or (sockets[0] if sockets else "its default address")
