"""`selfology legacy`: moves people in from the system before this one, compares, and takes it back."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from temporalio.client import Client, WorkflowHandle

    from schema.legacy.messages import MoveIn
    from workers.stack.join import Stack
    from workflows.legacy.move_in import MoveInFromLegacy

legacy = typer.Typer(help="Moves people in from the tables of the system before this one.", no_args_is_help=True)

LOOKS_EVERY = 0.5
"""Seconds between two looks at how far it is."""


@legacy.command("import")
def import_() -> None:
    """Take in what is not here yet. Goes on where it was; both systems may run meanwhile."""
    asyncio.run(_run("import"))


@legacy.command()
def validate(
    sample: Annotated[float, typer.Option(help="The share of rows to compare field by field.", min=0, max=1)] = 0.02,
    seed: Annotated[int, typer.Option(help="Another number compares other rows.")] = 0,
) -> None:
    """Compare what came in with the old tables: counts, sums, and a random sample field by field."""
    asyncio.run(_run("validate", sample=sample, seed=seed))


@legacy.command()
def status() -> None:
    """Show how far it is, which columns are ignored, and which rows were set apart and why."""
    asyncio.run(_status())


@legacy.command()
def rollback(
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Take back all that came in, and what was made of it. What people have said here since stays."""
    if not yes:
        typer.confirm("Take back all that came in from the old system?", abort=True)
    asyncio.run(_run("rollback"))


async def _run(task: str, **options: float) -> None:
    from temporalio.runtime import Runtime

    from activities.legacy.old_tables import OldTables
    from schema.legacy.messages import MoveIn, Task
    from schema.operator_error import OperatorError
    from workers.client import connect
    from workers.database import database_pool
    from workers.database_roles import Role
    from workers.legacy import LegacySettings, serving_legacy
    from workers.logs import core_runtime, log_to
    from workers.settings import Settings
    from workers.stack.home import Home
    from workers.stack.join import joined_stack

    settings, old_settings = Settings(), LegacySettings()
    old = OldTables(old_settings.database_url, old_settings.database_schema) if old_settings.database_url else None
    wanted = MoveIn(task=Task(task), **options)
    if old is None and wanted.task is not Task.ROLLBACK:
        raise OperatorError("SELFOLOGY_LEGACY_DATABASE_URL is not set: it is the address of the old database.")
    # Its lines hold nothing of a person, and would stand between those of the bar.
    log_to(logging.FileHandler(Home.prepared(settings.home).log_of("legacy")))
    Runtime.set_default(core_runtime(), error_if_already_set=False)
    async with joined_stack(settings, Role.WORKER) as stack, stack.encryption() as encryption:
        client = await connect(stack.temporal_address, encryption)
        await stack.check_database()
        async with (
            database_pool(stack.database_url, min_size=1, max_size=4) as pool,
            serving_legacy(client, pool, encryption, settings, old=old, pepper=stack.pepper),
        ):
            _tell(await _watched(await _begun(client, wanted), stack))


async def _begun(client: Client, wanted: MoveIn) -> WorkflowHandle[MoveInFromLegacy, MoveIn]:
    """Begins, or joins what runs already. Raises `OperatorError` when that is something else."""
    from temporalio.common import WorkflowIDConflictPolicy

    from schema.legacy.names import MOVE_IN_ID
    from schema.onboarding.names import TASK_QUEUE
    from schema.operator_error import OperatorError
    from schema.public import Public
    from workflows.legacy.move_in import MoveInFromLegacy

    handle: WorkflowHandle[MoveInFromLegacy, MoveIn] = await client.start_workflow(
        MoveInFromLegacy.run,
        wanted,
        id=MOVE_IN_ID,
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=Public(f"Old tables: {wanted.task}"),
        static_details=Public("Updates: `pause` rests after the batch that is under way, `resume` goes on."),
    )
    state = await handle.query(MoveInFromLegacy.progress)
    if state.task is not wanted.task:
        raise OperatorError(f"`selfology legacy {state.task}` is under way: run that to its end first.")
    return handle


async def _watched(handle: WorkflowHandle[MoveInFromLegacy, MoveIn], stack: Stack) -> MoveIn:
    """Shows a bar until the end. Raises `OperatorError` when the old tables do not fit."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    from temporalio.client import WorkflowFailureError
    from temporalio.exceptions import ActivityError, ApplicationError

    from schema.operator_error import OperatorError

    result = asyncio.create_task(_end_of(handle))
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        shown = bar.add_task("Looking at the old tables", total=None)
        while not result.done():
            await asyncio.wait([result], timeout=LOOKS_EVERY)
            # Where the workers of this machine were killed, they come back.
            await stack.ensure_alive()
            await _show(handle, bar, shown)
    try:
        return await result
    except WorkflowFailureError as error:
        if isinstance(error.cause, ActivityError) and isinstance(error.cause.cause, ApplicationError):
            raise OperatorError(error.cause.cause.message) from None
        raise


async def _end_of(handle: WorkflowHandle[MoveInFromLegacy, MoveIn]) -> MoveIn:
    """Waits for the end, also through an outage of Temporal."""
    from temporalio.service import RPCError, RPCStatusCode

    while True:
        try:
            return await handle.result()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise
            await asyncio.sleep(LOOKS_EVERY)


async def _show(handle: WorkflowHandle[MoveInFromLegacy, MoveIn], bar: Progress, shown: TaskID) -> None:
    from temporalio.service import RPCError

    from workflows.legacy.move_in import MoveInFromLegacy

    try:
        state = await handle.query(MoveInFromLegacy.progress)
    except RPCError:
        # Nobody answers at the moment; it goes on when somebody does.
        return
    looked_at = sum(each.looked_at for each in state.progress)
    total = sum(each.rows_there for each in state.progress) or None
    at = f"{state.at or 'Looking at the old tables'}{' (paused)' if state.paused else ''}"
    bar.update(shown, description=at, completed=looked_at, total=total)


def _tell(done: MoveIn) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from schema.legacy.messages import Task
    from schema.operator_error import OperatorError

    words = {
        Task.IMPORT: ("rows", "taken", "before", "again", "set apart"),
        Task.VALIDATE: ("rows", "here", "set apart"),
        Task.ROLLBACK: ("taken back",),
    }[done.task]
    table = Table("table", *(Column(word, justify="right") for word in words), box=None, pad_edge=False)
    for each in done.progress:
        told = {
            Task.IMPORT: (each.looked_at, each.taken, each.known, each.again, each.set_apart),
            Task.VALIDATE: (each.looked_at, each.taken, each.set_apart),
            Task.ROLLBACK: (each.taken,),
        }[done.task]
        table.add_row(each.source, *(f"{number:,}" for number in told))
    Console(highlight=False).print(table)
    if done.task is not Task.VALIDATE:
        return
    found = done.findings
    for added_up in found.sums:
        mark = "" if abs(added_up.there - added_up.here) <= 1e-6 * max(1.0, abs(added_up.there)) else "  DIFFERS"
        typer.echo(f"{added_up.source}: {added_up.of} {added_up.there:,.2f} there, {added_up.here:,.2f} here{mark}")
    typer.echo(f"{found.compared:,} rows compared field by field, {found.differing:,} differences.")
    if found.missing:
        typer.echo(f"{found.missing:,} rows are neither here nor set apart: they are new, or their person was erased.")
    for difference in found.differences:
        typer.echo(f"{difference.source} {difference.source_id}: {difference.field} {difference.fault}")
    if not found.sound:
        raise OperatorError("What came in is not what the old tables hold.")


async def _status() -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from workers.database import database_pool
    from workers.database_roles import Role
    from workers.settings import Settings
    from workers.stack.join import joined_stack

    async with joined_stack(Settings(), Role.OPERATOR) as stack:
        await stack.check_database()
        async with database_pool(stack.database_url, min_size=1, max_size=1) as pool:
            sources = await pool.fetch("SELECT * FROM shared.legacy_import ORDER BY changed_at")
            apart = await pool.fetch(
                "SELECT source, fault, field, count(*) AS rows, (array_agg(source_id ORDER BY source_id))[1:5] AS first"
                " FROM shared.legacy_set_apart GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC"
            )
    if not sources:
        typer.echo("Nothing has been imported.")
        return
    console = Console(highlight=False)
    words = ("rows", "looked at", "taken", "before", "again", "set apart")
    table = Table("table", *(Column(word, justify="right") for word in words), "", box=None, pad_edge=False)
    for row in sources:
        numbers = ("rows_there", "looked_at", "taken", "known", "again", "set_apart")
        table.add_row(row["source"], *(f"{row[name]:,}" for name in numbers), "done" if row["done"] else "under way")
    console.print(table)
    for row in sources:
        if row["ignored"]:
            console.print(f"{row['source']}: not taken are the columns {', '.join(row['ignored'])}.")
    for row in apart:
        rows = f"{row['rows']:,} set apart, such as {', '.join(row['first'])}"
        console.print(f"{row['source']}: {row['fault']} {row['field']}: {rows}")
