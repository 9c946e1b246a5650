"""`selfology deploy`: gives a new version of the workers its tasks, a part at a time, and takes them back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

if TYPE_CHECKING:
    from temporalio.client import Client

deploy = typer.Typer(
    help="Versions of the workers: which gets the tasks. Run it with the new version's code.", no_args_is_help=True
)

Build = Annotated[str | None, typer.Option(help="A build id; this code's (SELFOLOGY_BUILD_ID) when not given.")]
LOOK_EVERY = 2.0
"""Seconds between two looks at how both versions fare."""


class Target(NamedTuple):
    """What a command is about."""

    client: Client
    name: str
    build: str


@deploy.command()
def status() -> None:
    """List the versions: which gets the tasks, which gets a part of them, and which may be stopped."""
    asyncio.run(_status())


@deploy.command()
def ramp(
    percentage: Annotated[float, typer.Argument(min=1, max=100, help="How many of 100 workflows.")],
    seconds: Annotated[float, typer.Option("--for", min=0, help="How long to watch, in seconds.")] = 300,
    build: Build = None,
) -> None:
    """Give a version a part of the workflows, once this code has replayed open ones, and watch it.

    A version that does worse than the other loses them again by itself: exit code 1.
    """
    raise typer.Exit(asyncio.run(_ramp(percentage, seconds, build)))


@deploy.command()
def promote(build: Build = None) -> None:
    """Give a version all workflows, once this code has replayed open ones."""
    raise typer.Exit(asyncio.run(_promote(build)))


@deploy.command()
def rollback(
    to: Annotated[str | None, typer.Option(help="A build id; the one that was current before when not given.")] = None,
) -> None:
    """Take a ramp back at once; without one, give all workflows to the version that was current before."""
    asyncio.run(_rollback(to))


@deploy.command()
def drain(
    seconds: Annotated[float, typer.Option("--for", min=0, help="How long to wait, in seconds.")] = 0,
) -> None:
    """Tell which versions may be stopped. Exit code 1 while one still drains."""
    raise typer.Exit(asyncio.run(_drain(seconds)))


@asynccontextmanager
async def _target(build: str | None) -> AsyncIterator[Target]:
    from schema.operator_error import OperatorError
    from workers.cli.connection import connected
    from workers.deployment_settings import DeploymentSettings

    settings = DeploymentSettings()
    if settings.deployment is None:
        raise OperatorError("Workers have no versions here: set SELFOLOGY_DEPLOYMENT to the deployment's name.")
    async with connected() as client:
        yield Target(client, settings.deployment, build or settings.build_id)


async def _status() -> None:
    from rich.console import Console
    from rich.table import Table

    from workers.deploy.versions import Status, deployment

    table = Table("version", "state", "open workflows", box=None, pad_edge=False)
    async with _target(None) as (client, name, _):
        found = await deployment(client, name)

        async def open_on(condition: str) -> str:
            query = f"ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion {condition}"
            return str((await client.count_workflows(query)).count)

        for each in found.versions:
            state = f"{each.status} {found.percentage:g} %" if each.status is Status.RAMPING else str(each.status)
            table.add_row(each.build_id, state, await open_on(f"= '{name}:{each.build_id}'"))
        table.add_row("none yet", "" if found.current else "current", await open_on("IS NULL"))
    Console().print(table)


async def _ramp(percentage: float, seconds: float, build: str | None) -> int:
    from schema.operator_error import OperatorError
    from workers.deploy import versions
    from workers.deploy.verdict import fault
    from workers.deploy.watch import Watch, stopped

    async with _target(build) as target:
        if not await _may(target):
            return 1
        client, name, new = target
        if (await versions.deployment(client, name)).current is None:
            raise OperatorError(
                "No version is current yet, and none could be gone back to: give the first one all with promote."
            )
        before = await stopped(client)
        await versions.ramp(client, name, new, percentage)
        watch = Watch(client, await versions.deployment(client, name), before)
        typer.echo(f"{new} has {percentage:g} % of all workflows.")
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            await asyncio.sleep(min(LOOK_EVERY, max(ends - time.monotonic(), 0)))
            if wrong := fault(await watch.look()):
                began = time.monotonic()
                await versions.ramp(client, name, None, 0)
                took = time.monotonic() - began
                typer.echo(f"Taken back after {seconds - (ends - began):.0f} s, in {took:.2f} s: {wrong}.", err=True)
                return 1
        if seconds:
            typer.echo(f"Nothing is wrong with it after {seconds:g} s.")
        return 0


async def _promote(build: str | None) -> int:
    from workers.deploy import versions

    async with _target(build) as target:
        if not await _may(target):
            return 1
        began = time.monotonic()
        await versions.make_current(*target)
        typer.echo(f"{target.build} has all workflows, in {time.monotonic() - began:.2f} s.")
        return 0


async def _may(target: Target) -> bool:
    """Whether this code takes the workflows that are open. Another version's can't be asked here."""
    from workers.deploy.gate import replayed_open
    from workers.deployment_settings import DeploymentSettings

    if target.build != DeploymentSettings().build_id:
        typer.echo(f"{target.build} is not the code that runs here, so open workflows were not replayed.", err=True)
        return True
    gate = await replayed_open(target.client)
    if gate.differs:
        typer.echo(f"{target.build} gets no tasks: its code does not take {gate.differs}", err=True)
        return False
    unread = f", {gate.unread} could not be read" if gate.unread else ""
    typer.echo(f"{gate.replayed} open workflows replay with this code{unread}.")
    return True


async def _rollback(to: str | None) -> None:
    from schema.operator_error import OperatorError
    from workers.deploy import versions

    async with _target(None) as (client, name, _):
        found = await versions.deployment(client, name)
        gone, back = (found.ramping, found.current) if found.ramping and not to else (found.current, to or found.before)
        if back is None:
            raise OperatorError("No version was current before this one: name one with --to.")
        began = time.monotonic()
        if found.ramping:
            await versions.ramp(client, name, None, 0)
        if back != found.current:
            # Its workers may be gone; tasks then wait for them, rather than fail here.
            await versions.make_current(client, name, back, without_workers=True)
        took = time.monotonic() - began
    typer.echo(f"{back} has all workflows again, and {gone} none, in {took:.2f} s.")


async def _drain(seconds: float) -> int:
    from workers.deploy.versions import Status, deployment

    async with _target(None) as (client, name, _):
        ends = time.monotonic() + seconds
        while True:
            found = await deployment(client, name)
            draining = [each.build_id for each in found.versions if each.status is Status.DRAINING]
            if not draining or time.monotonic() >= ends:
                break
            await asyncio.sleep(LOOK_EVERY)
    for each in found.versions:
        if each.status in (Status.DRAINED, Status.INACTIVE):
            typer.echo(f"{each.build_id}: gets no tasks. Its workers may be stopped.")
    for build in draining:
        typer.echo(f"{build}: drains. Its workers still may have tasks.")
    return 1 if draining else 0
