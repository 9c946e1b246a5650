"""`make ops`: the system with Prometheus and Alertmanager beside it, a fault, and what the operators are told.

All of it is on loopback, in a directory of its own and bounded in time, and ends by itself. Telegram is that of the
tests, once for people and once for operators.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated

import typer
from rich.console import Console

from schema.operator_error import OperatorError
from tests.ops.configuration import require_packages
from tests.ops.demonstration import Fault, demonstration
from workers.shutdown import stop_on_signals


def ops(
    fault: Annotated[Fault, typer.Option(help="What is killed.")] = Fault.WORKER,
    speed: Annotated[int, typer.Option(min=1, max=10, help="How much shorter all waits of the rules are.")] = 10,
    stay: Annotated[bool, typer.Option("--stay", help="Leave all running at the end, until Ctrl-C.")] = False,
) -> None:
    """Kill a part of the running system, and see which one message the operators get, and which one when it is over."""
    try:
        require_packages()
        raise typer.Exit(asyncio.run(_until_signal(fault, speed, stay=stay)))
    except (OperatorError, AssertionError) as error:
        typer.echo(f"make ops: {error}", err=True)
        raise typer.Exit(2 if isinstance(error, OperatorError) else 1) from None


async def _until_signal(fault: Fault, speed: int, *, stay: bool) -> int:
    # What it says of a home directory is for who keeps one.
    logging.getLogger("workers.stack").setLevel(logging.ERROR)
    with stop_on_signals() as stop:
        shown, stopped = asyncio.create_task(_show(fault, speed, stay=stay)), asyncio.create_task(stop.wait())
        await asyncio.wait([shown, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if stop.is_set():
            shown.cancel()
            await asyncio.wait([shown])
            return 0 if stay else 130
        return shown.result()


async def _show(fault: Fault, speed: int, *, stay: bool) -> int:
    console = Console(highlight=False)
    async with demonstration(console, speed) as (shown, _):
        await shown.is_quiet()
        await shown.talks()
        await shown.breaks(fault)
        await shown.mends(fault)
        await shown.tells_the_rest(fault)
        well = len(shown.messages) == 2
        shown.say(
            f"{len(shown.messages)} messages in all{': one when it began, and one when it was over' if well else ''}."
        )
        if stay:
            await shown.stays()
        return int(not well)


if __name__ == "__main__":
    typer.run(ops)
