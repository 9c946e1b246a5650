"""`selfology db`: the database's migrations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import typer

db = typer.Typer(help="Migrations of PostgreSQL: the configured one, or the embedded one.", no_args_is_help=True)


@db.command()
def migrate() -> None:
    """Create the database if need be and apply what is pending, to that of KEYS_DATABASE_URL, too."""
    from workers import migrations
    from workers.encryption.settings import EncryptionSettings

    async def both(database_url: str) -> str:
        said = await migrations.migrate(database_url)
        if (keys := EncryptionSettings().keys_database_url) is not None:
            said += await migrations.migrate(keys, migrations.KEY_MIGRATIONS / "postgres")
        return said

    _run(both, otherwise="Nothing is pending.")


@db.command()
def status() -> None:
    """Show which migrations are applied and which are pending."""
    from workers import migrations

    _run(migrations.status, otherwise="There are no migrations.")


@db.command()
def rollback() -> None:
    """Take the last migration back. The embedded stack applies it again when it starts."""
    from workers import migrations

    _run(migrations.rollback, otherwise="Nothing to take back.")


@db.command()
def logins() -> None:
    """Make the logins of processes and operators: WORKER_DATABASE_PASSWORD and so on say their passwords."""
    from workers.database_logins import set_logins
    from workers.encryption.settings import EncryptionSettings

    _run(lambda url: set_logins(url, EncryptionSettings().keys_database_url), otherwise="")


def _run(action: Callable[[str], Awaitable[str]], *, otherwise: str) -> None:
    from workers.settings import Settings
    from workers.stack.database import reachable_database

    async def run() -> str:
        async with reachable_database(Settings()) as database_url:
            return await action(database_url)

    typer.echo(asyncio.run(run()) or otherwise)
