"""Draws the pictures of the dashboards for the docs: `python -m tests.dashboards.draw`, in nine minutes.

Some people have sessions, and talk to the coach, at the pace of people; Telegram has its faults for a while.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from itertools import groupby
from pathlib import Path

from tests.chaos.coached import CoachedPerson
from tests.chaos.test_a_killed_bot import Survivor
from tests.dashboards.observed import observed
from tests.dashboards.panels import panels
from tests.dashboards.pictures import picture
from tests.debian import installed
from tests.ports import free_port
from tests.telegram.bot_api import BotApi, Fault
from workers.stack.home import Home
from workers.stack.ports import Ports

DOCS = Path(__file__).parents[2] / "docs" / "dashboards"
PEOPLE = 20
COME_EVERY = 21.0
"""Seconds."""
ALL_WITHIN = 600.0


async def visits(api: BotApi, number: int, chance: random.Random) -> None:
    """Somebody comes, answers some questions, and talks to the coach; every third is in danger at the end."""
    await asyncio.sleep(number * COME_EVERY)
    person = Survivor(api.person(1000 + number, language_code="en"))
    question = await person.begins()
    for said in range(chance.randint(3, 7)):
        await asyncio.sleep(chance.uniform(2, 8))
        if number == PEOPLE // 2:
            api.will(Fault("sendMessage", chance.choice(["500", "429"])))
        await person.answers_to(question)
        question = await person.is_asked(said + 2)
    coached = CoachedPerson(number, person.phone, chance)
    await coached.ends_session()
    for _ in range(chance.randint(4, 7)):
        await asyncio.sleep(chance.uniform(3, 12))
        shown = len(coached.replies)
        await coached.tells_a_fact()
        await coached.sees_more_than(shown)
    if number % 3 == 0:
        await person.phone.writes("I want to kill myself.")


async def play() -> None:
    """Runs the system, and draws what was seen of it."""
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="selfology-") as folder:
        os.environ["SELFOLOGY_HOME"] = folder
        home = Home.prepared(Path(folder))
        home.ports.write_text(Ports(frontend=free_port(), ui=free_port()).model_dump_json(), encoding="utf-8")
        installed("prometheus", "prometheus")
        async with observed(home, os.environ.__setitem__, vectors=True) as (api, prometheus):
            begin = time.time()
            talk = [asyncio.create_task(visits(api, n, random.Random(n))) for n in range(PEOPLE)]
            ended, late = await asyncio.wait(talk, timeout=ALL_WITHIN)
            for visit in late:
                visit.cancel()
            for visit in ended:
                visit.result()
            end = time.time()
            for board, of_board in groupby(panels(), lambda panel: panel.file):
                (DOCS / f"{board}.png").write_bytes(await picture(list(of_board), prometheus, begin, end))


if __name__ == "__main__":
    asyncio.run(play())
