"""`selfology vectors`: the vectors by which what people said is found by its meaning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import asyncpg
    from temporalio.client import Client

    from schema.profile.vectors import VectorsState

vectors = typer.Typer(
    help="The vectors by which what people said is found by its meaning, and who serves them.", no_args_is_help=True
)

ANSWERS_WITHIN = 10.0
"""Seconds that a process which serves the vectors may take to answer an operator."""


@vectors.command()
def serve() -> None:
    """Serve the vectors until SIGTERM or Ctrl-C: with QDRANT_URL on that server, else in the home directory.

    One process owns the store in a home directory; another one waits for it. The embedded stack runs one by itself.
    """
    asyncio.run(_serve())


@vectors.command()
def status() -> None:
    """Show the collections, what waits to be indexed and since when, and whether a process serves the vectors."""
    asyncio.run(_status())


@vectors.command()
def rebuild() -> None:
    """Make all vectors anew, beside the present ones, which are searched until the new ones are complete."""
    asyncio.run(_rebuild())


@vectors.command()
def similar(user_ref: Annotated[str, typer.Argument(help="The person, as workflow ids name them.")]) -> None:
    """Show whose profiles are most like a person's: who and how much, and no word of anybody."""
    asyncio.run(_similar(user_ref))


async def _serve() -> None:

    from workers.client import connect
    from workers.database_roles import Role
    from workers.logs import announce, log_to_output
    from workers.settings import Settings
    from workers.shutdown import stop_on_signals
    from workers.stack.join import joined_stack
    from workers.telemetry.start import start_telemetry
    from workers.vectors import serving_vectors

    settings = Settings()
    log_to_output()
    start_telemetry("vectors")
    async with joined_stack(settings, Role.WORKER) as stack, stack.encryption() as encryption:
        with stop_on_signals() as stop:
            await stack.check_database()
            client = await connect(stack.temporal_address, encryption)
            async with serving_vectors(client, stack.database_url, settings, encryption, stop) as serves:
                if serves:
                    announce("The vectors are served. SIGTERM or Ctrl-C ends it.")
                    await stop.wait()


async def _status() -> None:
    from rich.console import Console
    from rich.table import Column, Table

    console = Console(highlight=False)
    async with _looking() as (client, pool):
        rows = await pool.fetch("SELECT *, now() - oldest AS waits FROM shared.vectors ORDER BY kind, collection")
        state = await _asked(client, rebuild=False)
    numbers = (Column(name, justify="right") for name in ("texts", "known"))
    table = Table(Column("collection", overflow="fold"), *numbers, "read by", box=None, pad_edge=False)
    known = {row["collection"]: row["placed"] for row in rows if row["collection"]}
    for each in state.collections if state else ():
        role = ", ".join(each.aliases) or "nobody yet: it is filled"
        table.add_row(each.name, f"{each.points:,}", f"{known.pop(each.name, 0):,}", role)
    for name, placed in known.items():
        table.add_row(name, "?" if state is None else "lost", f"{placed:,}", "")
    if table.row_count:
        console.print(table)
    for kind in ("answers", "profiles"):
        of_kind = [row for row in rows if row["kind"] == kind]
        since = max((row["waits"] for row in of_kind if row["waits"]), default=timedelta(0))
        age = f", the oldest for {int(since.total_seconds())} s" if since else ""
        console.print(f"Waiting {kind}: {sum(row['waiting'] for row in of_kind):,}{age}.")
    console.print(
        f"A process serves the vectors; its embedder is {state.embedder}."
        if state
        else "No process serves the vectors: run `selfology vectors serve`. What people say meanwhile waits."
    )


async def _rebuild() -> None:
    from schema.operator_error import OperatorError

    async with _looking() as (client, _):
        if await _asked(client, rebuild=True) is None:
            raise OperatorError("No process serves the vectors: run `selfology vectors serve` first.")
    typer.echo("The vectors are made anew. `selfology vectors status` tells how far they are.")


async def _similar(user_ref: str) -> None:
    from temporalio.client import WorkflowFailureError
    from temporalio.common import WorkflowIDConflictPolicy

    from schema.identity import USER_REF_LENGTH
    from schema.onboarding.names import TASK_QUEUE
    from schema.operator_error import OperatorError
    from schema.person import PersonRef
    from schema.profile.names import SIMILAR_ID
    from schema.public import Public
    from workflows.profile.find import FindSimilar

    if len(user_ref) != USER_REF_LENGTH:
        raise OperatorError(f"USER_REF: takes the {USER_REF_LENGTH} characters of a person in a workflow id.")
    async with _looking() as (client, _):
        try:
            found = await client.execute_workflow(
                FindSimilar.run,
                PersonRef(user_ref=user_ref),
                id=SIMILAR_ID.of(user_ref),
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=Public("Whose profiles are similar"),
            )
        except WorkflowFailureError:
            raise OperatorError("No process serves the vectors: run `selfology vectors serve` first.") from None
    for each in found:
        typer.echo(f"{each.user_ref}  {each.similarity:.2f}")
    if not found:
        typer.echo("Nobody yet: either they have no profile, or nobody else has.")


@asynccontextmanager
async def _looking() -> AsyncIterator[tuple[Client, asyncpg.Pool]]:
    """Yields what an operator looks with."""
    from workers.client import connect
    from workers.database import database_pool
    from workers.database_roles import Role
    from workers.settings import Settings
    from workers.stack.join import joined_stack

    async with joined_stack(Settings(), Role.OPERATOR) as stack, stack.encryption() as encryption:
        client = await connect(stack.temporal_address, encryption)
        await stack.check_database()
        async with database_pool(stack.database_url, min_size=1, max_size=1) as pool:
            yield client, pool


async def _asked(client: Client, *, rebuild: bool) -> VectorsState | None:
    """What the process that serves the vectors answers; None when there is none."""
    from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
    from temporalio.service import RPCError, RPCStatusCode

    from schema.profile.names import INDEX_VECTORS_ID
    from schema.profile.vectors import VectorsTask
    from workflows.profile.index import IndexVectors

    index = client.get_workflow_handle(INDEX_VECTORS_ID)
    try:
        return await index.execute_update(
            IndexVectors.look_after, VectorsTask(rebuild=rebuild), rpc_timeout=timedelta(seconds=ANSWERS_WITHIN)
        )
    except (WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError):
        return None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
