"""`selfology replay`: replays recorded or running histories against the current code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from temporalio.client import WorkflowHistory
    from temporalio.converter import DataConverter


def replay(
    files: Annotated[list[Path] | None, typer.Argument(help="Histories as JSON files.", show_default=False)] = None,
    workflow_id: Annotated[str | None, typer.Option(help="The history of one workflow of the server.")] = None,
    query: Annotated[str | None, typer.Option(help="Histories of all workflows that a list filter finds.")] = None,
) -> None:
    """Replay workflow histories against today's code.

    Exit code 1 when one differs, and its first event is named; 2 when one is encrypted and its key is not here.
    """
    if not (files or workflow_id or query):
        raise typer.BadParameter("give files, --workflow-id or --query")
    raise typer.Exit(asyncio.run(_replay(files or [], workflow_id, query)))


async def _replay(files: list[Path], workflow_id: str | None, query: str | None) -> int:
    """Prints what came of each history. Returns the exit code."""
    from workers.replay import first_difference, is_readable

    replayed = differing = unreadable = 0
    async for name, history, converter in _histories(files, workflow_id, query):
        if not await is_readable(history, converter):
            unreadable += 1
            typer.echo(f"UNREAD   {name}: it is encrypted, and its key is destroyed or not here")
            continue
        replayed += 1
        if difference := await first_difference(history, converter):
            differing += 1
            typer.echo(f"DIFFERS  {name}: {difference}")
        else:
            typer.echo(f"replays  {name} ({len(history.events)} events)")
    typer.echo(f"{replayed} replayed, {differing} differ{f', {unreadable} are unread' if unreadable else ''}.")
    return 1 if differing else 2 if unreadable else 0


async def _histories(
    files: list[Path], workflow_id: str | None, query: str | None
) -> AsyncIterator[tuple[str, WorkflowHistory, DataConverter]]:
    from temporalio.service import RPCError, RPCStatusCode

    from schema.operator_error import OperatorError
    from workers.cli.connection import connected
    from workers.replay import load_history

    if files:
        loaded = [(str(file), load_history(file)) for file in files]
        async with _converter_at_hand() as converter:
            for name, history in loaded:
                yield name, history, converter
    if not (workflow_id or query):
        return
    async with connected() as client:
        try:
            if workflow_id:
                handle = client.get_workflow_handle(workflow_id)
                yield workflow_id, await handle.fetch_history(), client.data_converter
            if query:
                async for history in client.list_workflows(query).map_histories():
                    yield history.workflow_id, history, client.data_converter
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise OperatorError(f"Temporal does not know the workflow {workflow_id}.") from None
            if error.status is RPCStatusCode.INVALID_ARGUMENT and query:
                raise OperatorError(
                    "--query: Temporal can't read this filter; it takes what the Web UI takes."
                ) from None
            raise


@asynccontextmanager
async def _converter_at_hand() -> AsyncIterator[DataConverter]:
    """Yields a converter with the keys of the settings or of the home directory, or without any. Starts no server."""
    from workers.data_converter import DATA_CONVERTER
    from workers.encryption.settings import EncryptionSettings
    from workers.process_encryption import opened_encryption
    from workers.settings import Settings
    from workers.stack.home import Home

    home = Home(Settings().home)
    if EncryptionSettings().keys_database_url is None and not home.keys.exists():
        yield DATA_CONVERTER
        return
    async with opened_encryption(home) as encryption:
        yield encryption.data_converter
