"""Reaches the database of the settings, and starts PostgreSQL alone when the embedded stack does not run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from workers.database_roles import Role
from workers.optional_dependencies import require_extra
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.locks import FileLock


@asynccontextmanager
async def reachable_database(settings: Settings, role: Role | None = None) -> AsyncIterator[str]:
    """Yields the address of a running PostgreSQL: the configured one, the running stack's, or one started for this
    context. `role` is the client's in an embedded database; None is its owner.

    Raises `OperatorError` when it can't be started.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    require_extra("embedded", otherwise=", or set DATABASE_URL")
    # Imported here because an install for real servers lacks the extra.
    from workers.stack.postgres import PostgresServer

    home = Home.prepared(settings.home)
    lock = FileLock(home.stack_lock)
    try:
        if not lock.try_exclusive():
            async with joined_stack(settings, role) as stack:
                yield stack.database_url
            return
        postgres = PostgresServer(home)
        try:
            await postgres.launch()
            await postgres.ready()
            yield role.at(postgres.database_url) if role else postgres.database_url
        finally:
            await postgres.stop()
    finally:
        lock.close()
