"""`selfology backup`: backups of the embedded servers' data."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from temporalio.client import Client, WorkflowHandle

    from schema.backup.activities import BackupMade, BackupProgress
    from workers.stack.backup.archive import BackedUp
    from workers.stack.backup.creation import Progress
    from workers.stack.backup.restoring import Restored
    from workflows.operations.backup import Backup

backup = typer.Typer(
    help="Backups of this home's data: PostgreSQL, Temporal's, and apart from them people's keys.", no_args_is_help=True
)

LOOK_EVERY = 0.2
"""Seconds between two looks at how far it is."""

Result = TypeVar("Result")


@backup.command()
def create(
    verify: Annotated[bool, typer.Option(help="Restore it elsewhere afterwards, and compare.")] = True,
) -> None:
    """Make a backup now, while people go on. Each day one is made by itself."""
    asyncio.run(_create(verify=verify))


@backup.command("list")
def list_backups() -> None:
    """List the backups, the newest last, and how much could be lost now."""
    _list()


@backup.command()
def verify(
    name: Annotated[str | None, typer.Argument(help="Which one; the newest when none is named.")] = None,
) -> None:
    """Restore a backup into a scratch database, and compare counts and checksums of all tables."""
    asyncio.run(_verify(name))


@backup.command()
def restore(
    name: Annotated[str | None, typer.Option("--backup", help="Return to this backup's own moment.")] = None,
    to: Annotated[
        str | None, typer.Option(help="Return to this moment (2026-11-28T12:00:00, UTC), or to the newest one.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
) -> None:
    """Put this home's data back, up to the last that was archived. What is there now is moved aside."""
    from workers.settings import Settings
    from workers.stack.backup.settings import refuse_other_servers

    moment, here = _moment(to), _opened()
    refuse_other_servers(Settings())
    here.archive.archive()
    if yes or typer.confirm("The data of this home is moved aside, and the backup put in its place. Go on?"):
        asyncio.run(_restore(here, name, moment, newest=name is None or to == "newest"))


@backup.command()
def reconcile(
    level: Annotated[bool, typer.Option("--level", help="Have them take their answers again.")] = False,
) -> None:
    """Tell which sessions' histories know of more than the database: where PostgreSQL alone was restored."""
    asyncio.run(_reconcile(level=level))


def _opened() -> BackedUp:
    from workers.optional_dependencies import require_extra

    require_extra("embedded")
    from workers.settings import Settings
    from workers.stack.backup.archive import BackedUp, BackupDirectory
    from workers.stack.backup.settings import BackupSettings, backup_keys
    from workers.stack.home import Home

    settings = BackupSettings()
    archive = BackupDirectory.of(settings)
    home = Home.prepared(Settings().home)
    return BackedUp(home, archive, backup_keys(settings, home))


async def _create(*, verify: bool) -> None:
    from temporalio.client import WorkflowFailureError
    from temporalio.common import WorkflowIDConflictPolicy
    from temporalio.exceptions import ActivityError, ApplicationError

    from schema.backup.activities import BackupToMake
    from schema.backup.names import BACKUP_ID
    from schema.errors import BackupFailed
    from schema.onboarding.names import TASK_QUEUE
    from schema.operator_error import OperatorError
    from schema.public import Public
    from workers.client import connect
    from workers.settings import Settings
    from workers.stack.backup.settings import BackupSettings, backup_folder
    from workers.stack.join import joined_stack
    from workflows.operations.backup import Backup

    backup_folder(BackupSettings())
    async with joined_stack(Settings()) as stack, stack.encryption() as encryption:
        if not stack.backs_up:
            raise OperatorError(
                "What runs in this home was started without SELFOLOGY_BACKUPS: start it anew with that."
            )
        client = await connect(stack.temporal_address, encryption)
        running = await client.start_workflow(
            Backup.run,
            BackupToMake(verify=verify),
            id=BACKUP_ID,
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=Public("A backup, at an operator's wish"),
        )
        try:
            made = await _watched(client, running)
        except WorkflowFailureError as failure:
            cause = failure.cause.cause if isinstance(failure.cause, ActivityError) else failure.cause
            if isinstance(cause, ApplicationError) and cause.type == BackupFailed.TYPE:
                raise OperatorError(cause.message) from None
            raise OperatorError("The backup failed: the Web UI shows why.") from None
    done = "made and verified" if verify else "made"
    typer.echo(f"Backup {made.name} is {done}: {made.rows} rows in {made.size / 1e6:.1f} MB.")
    _remind()


async def _watched(client: Client, running: WorkflowHandle[Backup, BackupMade]) -> BackupMade:
    """Shows how far the workflow is until it has ended."""
    from schema.backup.activities import BackupProgress

    ended = asyncio.create_task(running.result())
    with _Bar() as show:
        while not ended.done():
            described = await running.describe()
            for pending in described.raw_description.pending_activities:
                with suppress(RuntimeError, ValueError):
                    payloads = pending.heartbeat_details.payloads
                    for told in await client.data_converter.decode(payloads, [BackupProgress]) if payloads else []:
                        show(told)
            await asyncio.wait([ended], timeout=LOOK_EVERY)
    return await ended


def _list() -> None:
    from workers.optional_dependencies import require_extra

    require_extra("embedded")
    from rich.console import Console
    from rich.table import Column, Table

    from schema.operator_error import OperatorError
    from workers.stack.backup.archive import BackupDirectory
    from workers.stack.backup.settings import BackupSettings

    archive = BackupDirectory.of(BackupSettings())
    archive.archive()
    numbers = (Column(name, justify="right") for name in ("rows", "MB"))
    table = Table("backup", "made (UTC)", *numbers, "verified", box=None, pad_edge=False)
    broken: list[OperatorError] = []
    for name in archive.names():
        try:
            found = archive.backup(name)
            size = (found.postgres.size + archive.point(found.point).temporal.size) / 1e6
            verified = archive.verified(name)
        except OperatorError as error:
            broken.append(error)
            continue
        when = f"{verified.at:%Y-%m-%d %H:%M}, in {verified.seconds} s" if verified else "no"
        table.add_row(name, f"{found.made_at:%Y-%m-%d %H:%M}", f"{found.rows:,}", f"{size:,.1f}", when)
    console = Console(highlight=False, width=max(100, Console().width))
    console.print(table if table.row_count else f"There is no backup in {archive.root}.")
    points, copies = archive.all_points(), archive.all_key_copies()
    if points and copies:
        console.print(
            f"Temporal's data as of {points[-1].made_at:%Y-%m-%d %H:%M:%S} and the keys of"
            f" {copies[-1].made_at:%H:%M:%S} UTC; {len(archive.segments())} segments of PostgreSQL's log."
        )
    for each in broken:
        typer.echo(f"selfology: {each}", err=True)
    if broken:
        raise typer.Exit(2)


async def _verify(name: str | None) -> None:
    from workers.stack.backup.verification import verify_backup

    here = _opened()
    found = here.archive.backup(name)
    verified = await _shown(lambda progress: verify_backup(here, found, progress))
    typer.echo(f"Backup {found.name} is good: {verified.rows} rows of {len(found.tables)} tables are as they were.")


async def _restore(here: BackedUp, name: str | None, moment: datetime | None, *, newest: bool) -> None:
    from workers.settings import Settings
    from workers.stack.backup.restoring import Wanted, restore

    wanted = Wanted(name, moment, newest=newest)
    _tell(await _shown(lambda progress: restore(Settings(), here, wanted, progress)))


def _tell(done: Restored) -> None:
    typer.echo(f"Restored from backup {done.backup}: people: {done.people}, answers: {done.answers}.")
    typer.echo(
        f"PostgreSQL is as of {done.up_to:%Y-%m-%d %H:%M:%S} UTC, Temporal of {done.point.made_at:%H:%M:%S} UTC."
    )
    keys = f"of the copy {done.keys_from}" if done.keys_from else "the home's own, which are newer than any copy"
    typer.echo(f"Keys: {keys}.")
    if done.erased:
        typer.echo(
            f"{done.erased} people had been erased before; they are erased again before the next start serves anybody."
        )
    typer.echo(f"What was here is in {done.aside}: delete that when all is well, since no erasure reaches it.")


async def _reconcile(*, level: bool) -> None:
    from workers.client import connect
    from workers.database import database_pool
    from workers.settings import Settings
    from workers.stack.backup.reconciling import behind, bring_level
    from workers.stack.join import joined_stack

    async with joined_stack(Settings()) as stack, stack.encryption() as encryption:
        client = await connect(stack.temporal_address, encryption)
        await stack.check_database()
        async with database_pool(stack.database_url, min_size=1, max_size=2) as pool:
            found = [session async for session in behind(client, pool)]
            for session in found:
                end = ""
                if level:
                    await bring_level(client, session)
                    end = "; it takes them again"
                typer.echo(
                    f"{session.workflow_id}: its history has {session.history} answers, the database"
                    f" {session.rows}{end}."
                )
    if not found:
        typer.echo("No open session knows of more answers than the database.")
    elif not level:
        typer.echo(f"{len(found)} sessions know of more than the database; --level has them take their answers again.")


def _moment(to: str | None) -> datetime | None:
    if to is None or to == "newest":
        return None
    try:
        moment = datetime.fromisoformat(to)
    except ValueError:
        raise typer.BadParameter("takes a moment such as 2026-11-28T12:00:00, or newest", param_hint="--to") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _shown(work: Callable[[Progress], Awaitable[Result]]) -> Result:
    """Shows how far work is until it is done."""
    from schema.operator_error import OperatorError
    from workers.stack.backup.creation import Progress

    progress = Progress()
    working = asyncio.ensure_future(work(progress))
    with _Bar() as show:
        while not working.done():
            show(progress.now)
            await asyncio.wait([working], timeout=LOOK_EVERY)
    try:
        return await working
    except OSError as error:
        raise OperatorError(
            f"It could not be done: {error.strerror or 'a file can not be used'}. All is as it was."
        ) from None


class _Bar:
    """A progress bar on a terminal, and nothing where the output is no terminal."""

    def __enter__(self) -> Callable[[BackupProgress], None]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description:<32}"), BarColumn(), TextColumn("{task.fields[bytes]}"))
        console = Console(stderr=True)
        self._bar = Progress(
            *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
        )
        self._bar.start()
        task = self._bar.add_task("", total=None, bytes="")

        def show(told: BackupProgress) -> None:
            self._bar.update(
                task,
                description=told.step,
                total=max(told.of, told.done) or None,
                completed=told.done,
                bytes=f"{told.done / 1e6:.0f} MB" if told.done else "",
            )

        return show

    def __exit__(self, *error: object) -> None:
        self._bar.stop()


def _remind() -> None:
    """Says what no backup has, where it lies on this machine alone."""
    from workers.settings import Settings
    from workers.stack.home import Home

    home = Home(Settings().home)
    apart = [file.name for file in (home.backup_identity, home.master_keys, home.pepper) if file.exists()]
    if apart:
        typer.echo(f"No backup has {', '.join(apart)} of {home.root}: keep copies elsewhere, or none can be restored.")
