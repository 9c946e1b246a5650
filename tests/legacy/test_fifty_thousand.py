"""A whole old system moves in while both systems run: by the command line, with kills in the middle, and back again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections import Counter

import asyncpg
import pytest
from temporalio.testing import TimeSkipper

from schema.legacy.messages import Source
from tests.keys import encryption_of
from tests.legacy.old_system import OldSystem, all_rows, old_system
from tests.people.person import People
from tests.stack.conftest import command_line, home, no_servers
from workers.client import connect
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import Stack, joined_stack
from workers.stack.record import running_stack

__all__ = ["home", "no_servers"]

ANSWERS = int(os.environ.get("ANSWERS", "50000"))
FIRST = 1_000_001
WITHIN = 900.0

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


async def selfology(*arguments: str, old: OldSystem) -> tuple[int, str]:
    """Runs the command line to its end; returns its code and what it said."""
    environment = {**os.environ, "SELFOLOGY_LEGACY_DATABASE_URL": old.readers_url}
    pipe = asyncio.subprocess.PIPE
    begun = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *command_line(*arguments), env=environment, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), WITHIN)
    finally:
        if process.returncode is None:
            process.kill()
    text = said.decode()
    sys.stdout.write(f"selfology {' '.join(arguments)}: {time.monotonic() - begun:.1f} s\n{text}\n")
    return process.returncode or 0, text


async def killed_in_the_middle(*arguments: str, old: OldSystem, pool: asyncpg.Pool, after: int) -> None:
    """Runs the command line, and ends it by `kill -9` once that many rows were looked at."""
    environment = {**os.environ, "SELFOLOGY_LEGACY_DATABASE_URL": old.readers_url}
    process = await asyncio.create_subprocess_exec(
        *command_line(*arguments), env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.STDOUT
    )
    await looked_at(pool, after)
    assert process.returncode is None
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL


async def looked_at(pool: asyncpg.Pool, rows: int) -> None:
    """Waits until an import has looked at so many rows."""
    async with asyncio.timeout(WITHIN):
        while (await pool.fetchval("SELECT sum(looked_at) FROM legacy_system.migration_state") or 0) < rows:
            await asyncio.sleep(0.1)


async def test_all_of_it_moves_in_through_kills_and_out_again(home: Home) -> None:
    async with (
        joined_stack(Settings()) as stack,
        asyncpg.create_pool(stack.database_url, min_size=1) as pool,
        old_system(stack.database_url) as old,
    ):
        begun = time.monotonic()
        await old.lives(ANSWERS, first_person=FIRST)
        sys.stdout.write(f"{ANSWERS} answers made in {time.monotonic() - begun:.1f} s\n")
        await somebody_is_here_already(home, stack, pool)
        before = await all_rows(pool)
        await killed_in_the_middle("legacy", "import", old=old, pool=pool, after=ANSWERS // 3)
        importing = asyncio.create_task(selfology("legacy", "import", old=old))
        await looked_at(pool, 2 * ANSWERS // 3)
        # The workers that hold the workflow, too.
        running = running_stack(home)
        assert running
        os.kill(running.supervisor, signal.SIGKILL)
        code, _ = await importing
        assert code == 0
        code, said = await selfology("legacy", "status", old=old)
        assert code == 0
        assert "is_flagged" in said
        apart = await pool.fetch("SELECT source, fault FROM legacy_system.set_apart")
        assert Counter((row["source"], row["fault"]) for row in apart) == Counter(
            {(source, str(fault)): rows for (source, fault), rows in old.broken.items() if rows}
        )
        for source in Source:
            told = await pool.fetchrow("SELECT * FROM legacy_system.migration_state WHERE source = $1", source)
            assert told
            assert told["taken"] + told["again"] + told["set_apart"] == await old.count(source)
        assert await pool.fetchval("SELECT count(*) FROM onboarding_system.answers") > 0.9 * ANSWERS * 0.97
        code, said = await selfology("legacy", "validate", "--sample", "0.02", old=old)
        assert code == 0
        assert " 0 differences." in said
        code, _ = await selfology("legacy", "rollback", "--yes", old=old)
        assert code == 0
        after = await all_rows(pool)
        assert {name for name in before if before[name] != after[name]} == set()
        assert after.keys() == before.keys()


async def somebody_is_here_already(home: Home, stack: Stack, pool: asyncpg.Pool) -> None:
    """One of the old system's people has begun here as well: they have a session, answers and a profile."""
    keys = encryption_of(home)
    client = await connect(stack.temporal_address, keys, channel=True)
    async with People(TimeSkipper(client), pool, keys=keys) as people:
        anna = people.person()
        anna.user_ref = await keys.identities(stack.pepper).person_of("telegram", str(FIRST))
        await anna.begins()
        for text in ("I plan each week on Sundays and keep lists.", "I love new places and odd books."):
            await anna.answers(text)
        await anna.is_analysed(2)
        await anna.stops()
        await anna.outcome()
