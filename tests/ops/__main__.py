"""`make ops`: the system with Prometheus and Alertmanager beside it, a fault, and what the operators are told.

All of it is on loopback, in a directory of its own and bounded in time, and ends by itself. Telegram is that of the
tests, once for people and once for operators.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from schema.operator_error import OperatorError
from tests.ops.configuration import require_packages
from tests.ops.demonstration import FAULTS, demonstration
from workers.shutdown import stop_on_signals

Fault = StrEnum("Fault", [(name, name) for name in FAULTS])  # type: ignore[misc] - mypy wants the names spelt out


def ops(
    fault: Annotated[Fault, typer.Option(help="What is killed.")] = Fault("worker"),
    speed: Annotated[int, typer.Option(min=1, max=10, help="How much shorter all waits of the rules are.")] = 10,
    stay: Annotated[bool, typer.Option("--stay", help="Leave all running at the end, until Ctrl-C.")] = False,
) -> None:
    """Kill a part of the running system, and see which one message the operators get, and which one when it is over."""
    try:
        require_packages()
        raise typer.Exit(asyncio.run(_until_signal(fault.value, speed, stay=stay)))
    except OperatorError as error:
        typer.echo(f"make ops: {error}", err=True)
        raise typer.Exit(2) from None


async def _until_signal(fault: str, speed: int, *, stay: bool) -> int:
    with stop_on_signals() as stop:
        shown, stopped = asyncio.create_task(_show(fault, speed, stay=stay)), asyncio.create_task(stop.wait())
        await asyncio.wait([shown, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if stop.is_set():
            shown.cancel()
            await asyncio.wait([shown])
            return 0 if stay else 130
        return shown.result()


async def _show(fault: str, speed: int, *, stay: bool) -> int:
    console = Console(highlight=False)
    async with demonstration(console, speed) as (shown, _):
        await shown.is_quiet()
        await shown.talks()
        await shown.breaks(fault)
        await shown.mends(fault)
        await shown.tells_what_was_held_back(fault)
        shown.say(f"{len(shown.messages)} messages in all: one when it began and one when it was over are right.")
        if stay:
            shown.say("All goes on running until Ctrl-C.")
            await asyncio.Event().wait()
        return int(len(shown.messages) != 2)


if __name__ == "__main__":
    typer.run(ops)
