"""Connections to PostgreSQL, and descriptions of its failures for operators."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from schema.operator_error import OperatorError
from workers.database_address import DatabaseAddress

CONNECT_WITHIN = 10
"""Timeout in seconds for connecting to PostgreSQL."""
FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""The exceptions that asyncpg raises when a server can't be reached or refuses a request."""


@asynccontextmanager
async def database_pool(database_url: str, **options: Any) -> AsyncIterator[asyncpg.Pool]:
    """Opens a connection pool. Raises `OperatorError` when PostgreSQL can't be reached or refuses the login."""
    try:
        pool = await asyncpg.create_pool(database_url, timeout=CONNECT_WITHIN, **options)
    except FAILURES as error:
        raise explained(error, database_url) from None
    async with pool:
        yield pool


@asynccontextmanager
async def database_connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Opens one connection. Raises `OperatorError` for PostgreSQL's failures within the context, too."""
    try:
        connection = await asyncpg.connect(database_url, timeout=CONNECT_WITHIN)
        try:
            yield connection
        finally:
            await connection.close()
    except FAILURES as error:
        raise explained(error, database_url) from None


class NoDatabase(OperatorError):
    """The server runs, but the database does not exist."""


def explained(error: Exception, database_url: str | None = None) -> OperatorError:
    """Describes one of `FAILURES` to an operator.

    Quotes nothing of the error: a server's message may hold anything, and asyncpg's may hold the password.
    """
    place = f"PostgreSQL at {DatabaseAddress.parse(database_url)}" if database_url else "PostgreSQL"
    match error:
        case asyncpg.InvalidCatalogNameError():
            return NoDatabase(f"{place} has no such database: run `selfology db migrate`, which makes it.")
        case asyncpg.InvalidPasswordError() | asyncpg.InvalidAuthorizationSpecificationError():
            reason = "it refuses the user or the password. Check DATABASE_URL"
        case asyncpg.InsufficientPrivilegeError():
            reason = "its user may not do this. Check which login DATABASE_URL names"
        case asyncpg.TooManyConnectionsError():
            reason = "it has no connection left. Raise its max_connections, or run fewer processes"
        case asyncpg.CannotConnectNowError():
            reason = "it is starting or ending. Try again"
        case asyncpg.PostgresError():
            reason = f"error {error.sqlstate}, as PostgreSQL's manual lists them; its own log says more"
        case TimeoutError():
            reason = f"no answer within {CONNECT_WITHIN} s. Check DATABASE_URL and the network"
        case socket.gaierror():
            reason = "its host name is not known. Check DATABASE_URL"
        case ConnectionRefusedError() | FileNotFoundError():
            reason = "connection refused. Check DATABASE_URL, and whether it runs"
        case ssl.SSLError() | asyncpg.InterfaceError():
            reason = "TLS can't be agreed on. Check the parameters sslmode, sslrootcert, sslcert and sslkey"
        case _:
            reason = "it is unreachable. Check DATABASE_URL and the network"
    return OperatorError(f"{place} can't be used: {reason}.")
