"""People answer while the workers behind them change: nobody waits for long, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from tests.ops.system import running, running_servers
from tests.replay.last_release import CHECKOUT, Release, interpreter, last_release, unpacked
from tests.rollout.crowd import Crowd
from tests.rollout.faults import Fault, with_fault
from tests.rollout.stage import Code, Stage, Telling, stage
from tests.scratch import scratch
from tests.stack.conftest import command_line
from tests.telegram.bot_api import BotApi
from workers.database_roles import Role
from workers.stack.home import Home

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

PEOPLE, ANSWERS = 40, 8
FIRST_BOT = Release("the first bot", "540910c5cb8d8f7958e22e311e7b735487abda19")
"""The first version that somebody could talk to in Telegram. It was not released."""
WATCHED = ("--for", "8")
CLEAR = {"SELFOLOGY_ENCRYPTION": "false"}
"""The last release reads nothing that is encrypted."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory that PostgreSQL may read, whoever runs the tests."""
    with tempfile.TemporaryDirectory(prefix="selfology-rollout-", dir=scratch()) as name:
        yield Path(name)


def unpacked_with_its_lock(release: Release) -> tuple[str, Path]:
    """The Python of an older version, and its code."""
    code = unpacked(CHECKOUT, release)
    return interpreter(CHECKOUT, code), code


def of_last_release(stage: Stage) -> Code:
    """The last release's code, with its own lock, and a version that it did not have."""
    release = last_release(CHECKOUT)
    assert release is not None
    python, code = unpacked_with_its_lock(release)
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


async def test_people_who_began_with_the_first_bot_go_on_with_todays(folder: Path) -> None:
    python, code = await asyncio.to_thread(unpacked_with_its_lock, FIRST_BOT)
    first = Code.at("first", code, python)
    async with BotApi() as api, running_servers(Home.prepared(folder / "home"), migrated=False) as servers:
        # It knows one login, the owner's.
        told = servers.told(Role.WORKER) | {
            **{"DATABASE_URL": servers.database.database_url, **first.settings},
            **{"SELFOLOGY_TELEGRAM_TOKEN": api.token, "SELFOLOGY_TELEGRAM_API_URL": api.url},
        }
        migrates = await asyncio.create_subprocess_exec(
            *first.command, "db", "migrate", env=os.environ | told, cwd=servers.home.root
        )
        assert await migrates.wait() == 0
        worker, bot = (
            Telling(servers.home, f"first-{name}", [*first.command, name], told) for name in ("worker", "bot")
        )
        crowd = Crowd(api, PEOPLE, ANSWERS)
        talk = asyncio.create_task(crowd.talk(pause=60 / ANSWERS))
        async with running(worker), running(bot):
            await asyncio.sleep(25)
            answered = sum(len(each.waits) for each in crowd.people)
        await servers.migrate()
        today = servers.process("worker", command_line("worker"), Role.WORKER)
        async with running(today), running(servers.bot(api)):
            await talk
            found = await crowd.findings(servers.database.database_url)
        Console().print(f"{answered} of {PEOPLE * ANSWERS} answers came to the first bot")
        Console().print(f"longest {crowd.longest_wait():.1f} s")
        assert 0 < answered < PEOPLE * ANSWERS
        assert found == []
