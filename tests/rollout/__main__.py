"""`make deploy-demo`: people talk while the workers' version changes, and while one comes that is broken.

On loopback, in a directory of its own and bounded in time; it ends by itself. Telegram is that of the tests.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from tests.rollout.crowd import Crowd
from tests.rollout.faults import Fault, with_fault
from tests.rollout.stage import Code, Said, Stage, stage
from tests.scratch import scratch
from tests.telegram.bot_api import BotApi
from workers.stack.home import Home

OLD, NEW = Code("1"), Code("2")


def deploy_demo(
    people: Annotated[int, typer.Option(min=1, max=100, help="How many people talk.")] = 30,
    answers: Annotated[int, typer.Option(min=2, max=10, help="How many questions each answers.")] = 8,
) -> None:
    """See two good versions and two broken ones come to people who are in talk."""
    logging.getLogger("workers.stack").setLevel(logging.ERROR)
    raise typer.Exit(asyncio.run(_show(Console(highlight=False), people, answers)))


class _Shown:
    """What happens, line by line, with the time of day."""

    def __init__(self, console: Console, set_up: Stage) -> None:
        self._console = console
        self._stage = set_up

    def say(self, line: str, style: str = "") -> None:
        at = f"{datetime.now(UTC):%H:%M:%S}"
        self._console.print(Text.assemble((at, "dim"), "  ", (line, style)), soft_wrap=True)

    async def deploys(self, code: Code, *arguments: str) -> Said:
        self.say(f"$ selfology deploy {' '.join(arguments)}", "bold")
        said = await self._stage.deploy(code, *arguments)
        for line in said.text.splitlines():
            self._console.print(Text(f"            {line}", style="red" if said.code else "green"), soft_wrap=True)
        return said


async def _show(console: Console, people: int, answers: int) -> int:
    with tempfile.TemporaryDirectory(prefix="selfology-rollout-", dir=scratch()) as folder:
        differs = Code.at("3", with_fault(Fault.DIFFERS, Path(folder, "3")))
        fails = Code.at("4", with_fault(Fault.FAILS, Path(folder, "4")))
        async with BotApi() as api, stage(Home.prepared(Path(folder, "home")), api) as set_up:
            shown, crowd = _Shown(console, set_up), Crowd(api, people, answers)
            console.print(f"  Temporal  {set_up.servers.temporal.ui_url}", soft_wrap=True)
            await set_up.start(OLD)
            await shown.deploys(OLD, "promote")
            talk = asyncio.create_task(crowd.talk(pause=100 / answers))
            shown.say(f"{people} people come, and answer {answers} questions each.")
            await asyncio.sleep(10)
            await set_up.start(NEW)
            shown.say("Workers of version 2 have started beside those of version 1. They get no tasks yet.")
            for percentage in ("10", "50"):
                await shown.deploys(NEW, "ramp", percentage, "--for", "8")
            await shown.deploys(NEW, "status")
            await shown.deploys(NEW, "promote")
            await set_up.start(differs)
            shown.say("Version 3 has a change without a patch: open sessions could not go on with it.")
            refused = await shown.deploys(differs, "ramp", "10")
            await set_up.stop(differs.build)
            await set_up.start(fails)
            shown.say("The code of version 4 fails, which no replay shows.")
            began = time.monotonic()
            taken_back = await shown.deploys(fails, "ramp", "50", "--for", "60")
            await talk
            await shown.deploys(NEW, "drain", "--for", "10")
            lost = await crowd.findings(set_up.servers.database.database_url)
            usual, longest = crowd.usual_wait(), crowd.longest_wait(began)
            shown.say(
                f"All {people} have come to question {answers + 1}. Half of the questions came within {usual:.2f} s;"
            )
            shown.say(f"the longest that somebody waited, while a part of them was with version 4, is {longest:.1f} s.")
            shown.say(f"Lost or doubled: {', '.join(lost) or 'nothing'}.", "red" if lost else "green")
            return int(bool(lost) or not refused.code or not taken_back.code)


if __name__ == "__main__":
    typer.run(deploy_demo)
