"""`selfology sessions`: lists onboarding sessions and shows one, without the Web UI."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from schema.onboarding.names import SESSION_ID

if TYPE_CHECKING:
    from temporalio.client import Client, WorkflowExecution

sessions = typer.Typer(help="Onboarding sessions: a list, and one in detail.", no_args_is_help=True)


@sessions.command("list")
def list_sessions(
    status: Annotated[str | None, typer.Option(help="Only this status, such as ACTIVE or TIMED_OUT.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> None:
    """List sessions, the newest first."""
    asyncio.run(_list(status, limit))


@sessions.command("show")
def show_session(
    workflow_id: Annotated[str | None, typer.Argument(help="Such as onboarding-abcdefghijklmnop.")] = None,
    telegram: Annotated[str | None, typer.Option(help="A Telegram id instead.")] = None,
    terminal: Annotated[str | None, typer.Option(help="A name in the terminal instead.")] = None,
) -> None:
    """Show where a session stands and what has happened in it. Shows nothing that a person wrote."""
    if sum(given is not None for given in (workflow_id, telegram, terminal)) != 1:
        raise typer.BadParameter("give a workflow id, --telegram or --terminal")
    asyncio.run(_show(workflow_id, telegram, terminal))


async def _list(status: str | None, limit: int) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from schema.vocabulary import Status
    from workers.cli.connection import connected
    from workflows.onboarding import search_attributes

    if status is not None and status not in list(Status):
        raise typer.BadParameter(f"no status {status!r}; there are {', '.join(Status)}")
    query = "WorkflowType = 'OnboardingSession'" + (f" AND SelfologyStatus = '{status}'" if status else "")
    headings = ("session", "status", "stage", "answers", "language", "started", "ended")
    table = Table(*(Column(heading, no_wrap=True) for heading in headings), box=None, pad_edge=False)
    async with connected() as client:
        found = 0
        async for execution in client.list_workflows(query, limit=limit):
            found += 1
            told = execution.typed_search_attributes
            table.add_row(
                execution.id,
                told.get(search_attributes.STATUS) or _server_status(execution),
                told.get(search_attributes.STAGE) or "",
                str(told.get(search_attributes.ANSWERS) or 0),
                told.get(search_attributes.LOCALE) or "",
                f"{execution.start_time:%Y-%m-%d %H:%M}",
                f"{execution.close_time:%Y-%m-%d %H:%M}" if execution.close_time else "",
            )
    # At least this wide, so that ids stay whole and can be copied.
    console = Console(width=max(120, Console().width))
    console.print(table if found else "No sessions yet. `make chat` starts one.")


async def _show(workflow_id: str | None, telegram: str | None, terminal: str | None) -> None:
    from temporalio.service import RPCError, RPCStatusCode

    from schema.operator_error import OperatorError
    from workers.client import connect
    from workers.settings import Settings
    from workers.stack.join import joined_stack

    async with joined_stack(Settings()) as stack, stack.encryption() as encryption:
        person = ("telegram", telegram) if telegram else ("terminal", terminal or "")
        session = workflow_id or SESSION_ID.of(await encryption.identities(stack.pepper).person_of(*person))
        try:
            await _print(await connect(stack.temporal_address, encryption), session)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise OperatorError(f"No session {session}. `selfology sessions list` shows what there is.") from None
            raise


async def _print(client: Client, session: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    from workers.replay import described, summary_of

    handle = client.get_workflow_handle(session)
    description = await handle.describe()
    console = Console()
    console.print(f"[bold]{session}[/] · run {description.run_id} · {description.history_length} events")
    console.print(await description.static_summary() or "", markup=False)
    if story := await _story(client, session):
        console.print(Markdown(story))
    console.print()
    async for event in handle.fetch_history_events():
        if told := summary_of(event):
            at = event.event_time.ToDatetime()
            console.print(f"{at:%H:%M:%S}  {told}  [dim]{described(event)}[/]", highlight=False)


async def _story(client: Client, session: str) -> str | None:
    """Returns the workflow's current details, as in the Web UI, or None when no worker answers."""
    from temporalio.api.sdk.v1 import WorkflowMetadata
    from temporalio.client import WorkflowQueryFailedError
    from temporalio.service import RPCError

    try:
        handle = client.get_workflow_handle(session)
        metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    except (WorkflowQueryFailedError, RPCError):
        return None
    return metadata.current_details or None


def _server_status(execution: WorkflowExecution) -> str:
    return execution.status.name if execution.status else ""
