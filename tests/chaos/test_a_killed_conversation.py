"""`kill -9` of every process in the middle of a conversation: it goes on with the same question, nothing is lost."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Thread

import asyncpg
import psutil
import pytest

from tests.stack.conftest import WITHIN, command_line, servers_of, until
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.locks import held_exclusively
from workers.stack.record import running_stack

# A delivery that was on its way to a killed window is tried again after 4 s.
PATIENCE = WITHIN + 5


class Window:
    """One `selfology chat` in a process of its own, and what is on its screen."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            command_line("chat", "--as", "anna", "--language", "en"),
            env={**os.environ, "COLUMNS": "200"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.lines: list[str] = []
        Thread(target=self._read, daemon=True).start()

    def types(self, line: str) -> None:
        """Types a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    async def shows(self, pattern: str) -> str:
        """Waits for a line that matches, and gives the line after the next: a question stands there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for number, line in enumerate(self.lines[:-2]):
                if re.search(pattern, line):
                    return self.lines[number + 2]
            await asyncio.sleep(0.02)
        raise AssertionError(f"{pattern!r} never showed up on:\n" + "\n".join(self.lines))

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())


@asynccontextmanager
async def window() -> AsyncIterator[Window]:
    """A window that is closed with the context."""
    opened = Window()
    try:
        yield opened
    finally:
        opened.process.kill()
        opened.process.wait()


async def kill_everything(home: Home, shown: Window) -> None:
    """Window, supervisor with all workers, Temporal and PostgreSQL."""
    running = running_stack(home)
    assert running is not None
    victims = [psutil.Process(running.supervisor), *servers_of(home).values(), psutil.Process(shown.process.pid)]
    for victim in victims:
        with suppress(psutil.NoSuchProcess):
            victim.send_signal(signal.SIGKILL)
    shown.process.wait()
    await until(lambda: not held_exclusively(home.stack_lock))


async def kept(home: Home, query: str, expected: int) -> None:
    """Waits until the database counts what is expected, and a moment longer that it stays so."""
    async with joined_stack(Settings()) as stack, asyncpg.create_pool(stack.database_url, min_size=1) as pool:
        async with asyncio.timeout(PATIENCE):
            while await pool.fetchval(query) < expected:
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        assert await pool.fetchval(query) == expected


ANSWERS = "SELECT count(*) FROM onboarding_system.answers"
ANALYSES = "SELECT count(*) FROM analysis_system.analyses"
ASKED = "SELECT count(DISTINCT question_id) FROM onboarding_system.asked_questions"


async def test_the_same_question_waits_and_nothing_is_lost_or_asked_twice(home: Home) -> None:
    async with window() as before:
        await before.shows("Shall we begin")
        before.types("1")
        await before.shows("Question 1 of")
        before.types("I like the sea, because it never hurries me.")
        question = await before.shows("Question 2 of")
        await kill_everything(home, before)
    async with window() as after:
        assert await after.shows("Question 2 of") == question
        after.types("My grandmother taught me to swim, and I felt safe with her.")
        await after.shows("Question 3 of")
        assert not any("Question 1 of" in line or "Shall we begin" in line for line in after.lines)
        await kept(home, ANSWERS, 2)
        await kept(home, ANALYSES, 2)
        await kept(home, ASKED, 3)


@pytest.mark.long
@pytest.mark.parametrize("after_milliseconds", [0, 40, 120])
async def test_a_kill_while_an_answer_is_on_its_way_counts_it_once(home: Home, after_milliseconds: int) -> None:
    async with window() as before:
        await before.shows("Shall we begin")
        before.types("1")
        question = await before.shows("Question 1 of")
        before.types("I like the sea, because it never hurries me.")
        await asyncio.sleep(after_milliseconds / 1000)
        await kill_everything(home, before)
    async with window() as after:
        # If Temporal had the answer, the next question comes; else the same one, and the person answers again.
        await after.shows(r"Question [12] of")
        if any("Question 1 of" in line for line in after.lines):
            assert await after.shows("Question 1 of") == question
            after.types("I like the sea, because it never hurries me.")
        await after.shows("Question 2 of")
        await kept(home, ANSWERS, 1)
        await kept(home, ANALYSES, 1)
        await kept(home, ASKED, 2)


async def test_what_is_said_while_no_worker_runs_is_taken_when_one_starts(home: Home) -> None:
    async with window() as shown:
        await shown.shows("Shall we begin")
        shown.types("1")
        await shown.shows("Question 1 of")
        running = running_stack(home)
        assert running is not None
        os.kill(running.supervisor, signal.SIGKILL)
        shown.types("I like the sea, because it never hurries me.")
        await shown.shows("Question 2 of")
        shown.types("/stop")
        assert await asyncio.to_thread(shown.process.wait, PATIENCE) == 0
        await kept(home, ANSWERS, 1)
