"""Whatever is killed, by `kill -9` and at any time, comes back without loss and without help."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from functools import partial
from typing import Any

import asyncpg
import psutil
import pytest

from schema.onboarding.messages import StartSession
from schema.onboarding.names import TASK_QUEUE
from schema.person import Channel
from schema.vocabulary import Locale, Status
from tests.stack.conftest import WITHIN, has_a_successor, servers_of, until
from workers.client import connect
from workers.settings import Settings
from workers.stack import join
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.locks import held_exclusively
from workers.stack.record import running_stack
from workers.stack.server import is_alive
from workflows.onboarding.session import OnboardingSession

pytestmark = pytest.mark.long


async def test_a_killed_server_comes_back_where_it_was(settings: Settings, home: Home) -> None:
    async with joined_stack(settings) as stack:
        client = await connect(stack.temporal_address)
        await client.start_workflow("Unserved", id="kept", task_queue="nobody")
        before = servers_of(home)
        for name, process in before.items():
            process.kill()
            await until(partial(has_a_successor, home, name, process))

        await until_served(stack.database_url)
        assert await client.get_workflow_handle("kept").describe()
        assert not await stack.ensure_alive()
        # The workers go on as well: only one of them can answer this.
        session = StartSession(user_ref="a" * 16, channel=Channel(task_queue="nobody", address="0"), locale=Locale.RU)
        handle = await client.start_workflow(OnboardingSession.run, session, id="next", task_queue=TASK_QUEUE)
        assert (await handle.query(OnboardingSession.progress)).status == Status.ACTIVE


async def test_a_chat_brings_a_killed_supervisor_back_with_the_same_addresses(settings: Settings, home: Home) -> None:
    async with joined_stack(settings) as stack:
        before = running_stack(home)
        orphans = servers_of(home)
        assert before is not None
        os.kill(before.supervisor, signal.SIGKILL)
        await until(lambda: not held_exclusively(home.stack_lock))
        assert all(is_alive(orphan) for orphan in orphans.values())

        assert await stack.ensure_alive()
        after = running_stack(home)
        assert after is not None
        assert after.model_copy(update={"supervisor": before.supervisor}) == before
        assert servers_of(home).keys() == orphans.keys()
        assert not any(is_alive(orphan) for orphan in orphans.values())
        await until_served(stack.database_url)


async def test_a_start_again_in_which_a_server_is_killed_too_is_tried_once_more(
    settings: Settings, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawn, failed = join._spawn, list[subprocess.Popen[str]]()

    def fails_once(*given: Any) -> subprocess.Popen[str]:
        if failed:
            return spawn(*given)
        command = [sys.executable, "-c", "import sys; sys.exit('The embedded stack failed: Connection refused')"]
        failed.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        return failed[0]

    async with joined_stack(settings) as stack:
        os.kill(supervisor_in(home), signal.SIGKILL)
        await until(lambda: not held_exclusively(home.stack_lock))
        monkeypatch.setattr(join, "_spawn", fails_once)
        assert await stack.ensure_alive()
        assert failed[0].returncode
        await until_served(stack.database_url)


def supervisor_in(home: Home) -> int:
    """The process of the supervisor."""
    running = running_stack(home)
    assert running is not None
    return running.supervisor


@pytest.mark.parametrize("left_in_pid_file", ["half a fi", None])
async def test_what_a_power_cut_leaves_is_cleared_up(
    settings: Settings, home: Home, left_in_pid_file: str | None
) -> None:
    async with joined_stack(settings):
        running = running_stack(home)
        assert running is not None
        servers = servers_of(home)
        backends = servers["postgres"].children()
        for pid in (running.supervisor, *(server.pid for server in servers.values())):
            os.kill(pid, signal.SIGKILL)
        psutil.wait_procs(backends)
        await until(lambda: not held_exclusively(home.stack_lock))
    # Some other program got the number of PostgreSQL's process meanwhile.
    pid_file = home.postgres / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text(left_in_pid_file or "\n".join([str(os.getpid()), *lines[1:]]))
    socket_lock = home.postgres / ".s.PGSQL.5432.lock"
    socket_lock.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    async with joined_stack(settings) as stack:
        await until_served(stack.database_url)


async def test_a_kill_while_the_database_is_made_is_made_good(settings: Settings, home: Home) -> None:
    (home.root / "postgres.unfinished").mkdir(parents=True)
    (home.root / "postgres.unfinished" / "PG_VERSION").write_text("18\n")
    async with joined_stack(settings) as stack:
        await until_served(stack.database_url)


async def until_served(database_url: str) -> None:
    """Waits until PostgreSQL answers and has the project's tables."""

    async def ask() -> bool:
        try:
            connection = await asyncpg.connect(database_url)
        except (OSError, asyncpg.PostgresError):
            return False
        try:
            return bool(await connection.fetchval("SELECT count(*) FROM onboarding_system.questions"))
        finally:
            await connection.close()

    async with asyncio.timeout(WITHIN):
        while not await ask():
            await asyncio.sleep(0.02)
