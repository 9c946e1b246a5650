"""`selfology up`: runs the embedded stack until Ctrl-C."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import typer

CHECK_STACK_EVERY = 1.0
"""Seconds between checks that the stack is alive."""


def up() -> None:
    """Run Temporal, PostgreSQL and the workers on this machine until Ctrl-C."""
    asyncio.run(_up())


async def _up() -> None:
    from workers.settings import Settings
    from workers.shutdown import stop_on_signals
    from workers.stack.join import Stack, joined_stack

    def show(stack: Stack) -> None:
        typer.echo(f"Temporal    {stack.temporal_address}")
        if stack.ui_url:
            typer.echo(f"Web UI      {stack.ui_url}")
        for complaint in stack.complaints:
            typer.echo(f"selfology: {complaint}", err=True)
        typer.echo("PostgreSQL  " + (f"{stack.database_url}" if stack.embedded_database else "the one of DATABASE_URL"))

    # The signal handlers are set before the output says that Ctrl-C leaves.
    async with joined_stack(Settings()) as stack:
        with stop_on_signals() as stop:
            show(stack)
            if not stack.embedded:
                typer.echo(
                    "Both servers are configured, so nothing is embedded: run `selfology worker` for the workers."
                )
                return
            typer.echo("Ctrl-C leaves; the stack ends when its last client has left.")
            while not stop.is_set():
                if await stack.ensure_alive():
                    typer.echo("The stack was down and has been started again.")
                    show(stack)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), CHECK_STACK_EVERY)
