"""`selfology coach`: why the coach said what it said."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

import typer

coach = typer.Typer(help="Why the coach said what it said.", no_args_is_help=True)


@coach.callback()
def _coach() -> None:
    """A callback makes `explain` a command of its own."""


@coach.command()
def explain(
    message: Annotated[UUID, typer.Argument(help="The id of a reply, as histories and the database name it.")],
) -> None:
    """Show what a reply rests on, by ids and without a word of anybody, and who wrote it."""
    asyncio.run(_explain(message))


async def _explain(message: UUID) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from schema.operator_error import OperatorError
    from workers.database import database_pool
    from workers.database_roles import Role
    from workers.migrations import migrations_of
    from workers.settings import Settings
    from workers.stack.database import reachable_database

    async with reachable_database(Settings(), Role.OPERATOR) as url:
        (await migrations_of(url)).refuse_other()
        async with database_pool(url, min_size=1, max_size=1) as pool:
            rows = await pool.fetch(
                "SELECT * FROM shared.replies_explained WHERE message_id = $1 ORDER BY part", message
            )
    if not rows:
        raise OperatorError("No reply of the coach has this id. Histories name it as the id of the reply.")
    console = Console(highlight=False)
    moves = ", ".join(rows[0]["moves"]) or "none of its own"
    console.print(f"Written by {rows[0]['coach']} at {rows[0]['said_at']:%Y-%m-%d %H:%M} UTC; lines: {moves}.")
    table = Table("part", Column("tokens", justify="right"), Column("ids", overflow="fold"), box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["part"], f"{row['tokens']:,}", "\n".join(row["ids"]))
    console.print(table)
