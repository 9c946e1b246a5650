"""People answer while the workers behind them change: nobody waits for long, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from tests.replay.last_release import CHECKOUT, interpreter, last_release, unpacked
from tests.rollout.crowd import Crowd
from tests.rollout.faults import Fault, with_fault
from tests.rollout.stage import Code, Stage, stage
from tests.scratch import scratch
from tests.telegram.bot_api import BotApi
from workers.stack.home import Home

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

PEOPLE, ANSWERS = 40, 8
WATCHED = ("--for", "8")
CLEAR = {"SELFOLOGY_ENCRYPTION": "false"}
"""The last release reads nothing that is encrypted."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory that PostgreSQL may read, whoever runs the tests."""
    with tempfile.TemporaryDirectory(prefix="selfology-rollout-", dir=scratch()) as name:
        yield Path(name)


def of_last_release(stage: Stage) -> Code:
    """The last release's code, with its own lock, and a version that it did not have."""
    release = last_release(CHECKOUT)
    assert release is not None
    code = unpacked(CHECKOUT, release)
    python = interpreter(CHECKOUT, code)
    program = str(Path(__file__).with_name("as_version.py"))
    # It connects as the owner.
    settings = {"PYTHONPATH": str(code), "DATABASE_URL": stage.servers.database.database_url}
    return Code(release.version, (python, program), settings)


async def test_between_the_last_release_and_todays_people_go_on_and_back(folder: Path) -> None:
    fails = Code.at("broken", with_fault(Fault.FAILS, folder / "broken"), **CLEAR)
    async with BotApi() as api, stage(Home.prepared(folder / "home"), api, **CLEAR) as set_up:
        old, new = of_last_release(set_up), Code("new")
        await set_up.start(old)
        assert (await set_up.deploy(new, "promote", "--build", old.build)).code == 0
        crowd = Crowd(api, PEOPLE, ANSWERS)
        talk = asyncio.create_task(crowd.talk(pause=90 / ANSWERS))
        await asyncio.sleep(10)
        await set_up.start(new)
        for step in (("ramp", "10"), ("ramp", "50"), ("rollback",), ("ramp", "50"), ("ramp", "100")):
            said = await set_up.deploy(new, *step, *(WATCHED if step[0] == "ramp" else ()))
            Console().print(*step, said.text)
            assert said.code == 0, said.text
        assert (await set_up.deploy(new, "promote")).code == 0
        await set_up.start(fails)
        began = time.monotonic()
        said = await set_up.deploy(fails, "ramp", "50", "--for", "60")
        Console().print(said.text)
        assert said.code == 1
        assert "Taken back" in said.text
        await talk
        Console().print(
            f"in the middle {crowd.usual_wait():.2f} s, longest {crowd.longest_wait():.1f} s,"
            f" with the broken one {crowd.longest_wait(began):.1f} s"
        )
        assert await crowd.findings(set_up.servers.database.database_url) == []
