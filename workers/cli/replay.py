"""`selfology replay`: replays recorded or running histories against the current code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
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
    """Replay workflow histories against today's code. Exit code 1 when one differs, and its first event is named."""
    if not (files or workflow_id or query):
        raise typer.BadParameter("give files, --workflow-id or --query")
    differing = asyncio.run(_replay(files or [], workflow_id, query))
    raise typer.Exit(1 if differing else 0)


async def _replay(files: list[Path], workflow_id: str | None, query: str | None) -> int:
    from workers.replay import first_difference

    replayed = differing = 0
    async for name, history, converter in _histories(files, workflow_id, query):
        replayed += 1
        if difference := await first_difference(history, converter):
            differing += 1
            typer.echo(f"DIFFERS  {name}: {difference}")
        else:
            typer.echo(f"replays  {name} ({len(history.events)} events)")
    typer.echo(f"{replayed} replayed, {differing} differ.")
    return differing


async def _histories(
    files: list[Path], workflow_id: str | None, query: str | None
) -> AsyncIterator[tuple[str, WorkflowHistory, DataConverter]]:
    from temporalio.service import RPCError, RPCStatusCode

    from schema.operator_error import OperatorError
    from workers.cli.connection import connected
    from workers.data_converter import DATA_CONVERTER
    from workers.replay import load_history

    for file in files:
        yield str(file), load_history(file), DATA_CONVERTER
    if not (workflow_id or query):
        return
    async with connected() as client:
        try:
            if workflow_id:
                handle = client.get_workflow_handle(workflow_id)
                yield workflow_id, await handle.fetch_history(), client.data_converter
            if query:
                async for execution in client.list_workflows(query):
                    handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
                    yield execution.id, await handle.fetch_history(), client.data_converter
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise OperatorError(f"Temporal does not know the workflow {workflow_id}.") from None
            if error.status is RPCStatusCode.INVALID_ARGUMENT and query:
                raise OperatorError(
                    "--query: Temporal can't read this filter; it takes what the Web UI takes."
                ) from None
            raise
