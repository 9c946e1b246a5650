"""A home directory for real stacks, and the processes in it as an operator sees them."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from temporalio.runtime import Runtime

from tests.ports import free_port
from tests.scratch import scratch
from workers.cli.app import run
from workers.database import database_connection
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.locks import held_exclusively
from workers.stack.ports import Ports
from workers.stack.postgres import DATABASE
from workers.stack.record import running_stack

WITHIN = 60.0
"""Seconds in which real processes must have done what a test waits for."""

CommandResult = subprocess.CompletedProcess[str]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests of real processes wait for many things, and for each of them long."""
    item.add_marker(pytest.mark.timeout(600))


@pytest.fixture
def no_servers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No server and no key configured, whatever the developer's own environment says."""
    for name in list(os.environ):
        if name.startswith(("SELFOLOGY_", "TEMPORAL_", "DATABASE_", "KEYS_", "OPENAI_", "ANTHROPIC_")):
            monkeypatch.delenv(name)
    # Each of hundreds of processes would load it, which takes a second.
    monkeypatch.setenv("SELFOLOGY_ENCODER", "false")
    monkeypatch.setenv("SELFOLOGY_VECTORS", "false")
    # Away from the developer's `.env`, which may hold real keys.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "none.toml"))


@pytest.fixture
async def home(no_servers: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Home]:
    """A home directory that has only ports, which nobody else takes; what runs in it is ended with the test."""
    # Not pytest's: each run of pytest closes its directories to others, and as root PostgreSQL is somebody else.
    apart = Path(tempfile.mkdtemp(prefix="selfology-", dir=scratch()))
    monkeypatch.setenv("SELFOLOGY_HOME", str(apart / "home"))
    home = Home.prepared(apart / "home")
    home.ports.write_text(Ports(frontend=free_port(), ui=free_port()).model_dump_json(), encoding="utf-8")
    yield home
    await ended(home)
    shutil.rmtree(apart)


@pytest.fixture
def settings(home: Home) -> Settings:
    """Settings of that home directory."""
    return Settings()


@pytest.fixture
def selfology(no_servers: None) -> Callable[..., CommandResult]:
    """Runs the command line to its end."""

    def run(*arguments: str, **environment: str) -> CommandResult:
        return subprocess.run(
            command_line(*arguments),
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )

    return run


@dataclass(frozen=True)
class Said:
    """What a command has said before it ended."""

    code: int
    output: str
    errors: str

    @property
    def all(self) -> str:
        """For whoever looks for what must not be there."""
        return self.output + self.errors


@pytest.fixture
def in_process(
    no_servers: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Runs the command line to its end in this process, where that takes milliseconds."""
    # The clients of other tests keep the runtime that they have.
    monkeypatch.setattr(Runtime, "set_default", lambda *_, **__: None)
    monkeypatch.setenv("SELFOLOGY_HOME", str(tmp_path / "home"))

    def call(*arguments: str, **environment: str) -> Said:
        with monkeypatch.context() as changed:
            for name, value in environment.items():
                changed.setenv(name, value)
            handlers, level = logging.root.handlers[:], logging.root.level
            code = run(list(arguments))
            logging.root.handlers[:] = handlers
            logging.root.setLevel(level)
        return Said(code, *capsys.readouterr())

    return call


def started(*arguments: str) -> subprocess.Popen[str]:
    """Runs the command line until a test ends it."""
    return subprocess.Popen(command_line(*arguments), stdout=subprocess.PIPE, text=True)


def command_line(*arguments: str) -> list[str]:
    """How `selfology` is run from a checkout."""
    return [sys.executable, "-c", "from workers.cli.app import main; main()", *arguments]


async def until(condition: Callable[[], bool]) -> None:
    """Waits for what real processes do."""
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


async def ended(home: Home) -> None:
    """Ends the stack of a home as an operator would, and waits until it has."""
    if not home.stack_lock.exists():
        return
    if running := running_stack(home):
        with suppress(ProcessLookupError):
            os.kill(running.supervisor, signal.SIGTERM)
    await until(lambda: not held_exclusively(home.stack_lock))
    for process in servers_of(home).values():
        process.kill()


def servers_of(home: Home) -> dict[str, psutil.Process]:
    """The servers that run on a home's data, by name. Fails when there are two of one."""
    found: dict[str, psutil.Process] = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            command = process.cmdline()
            parent = process.parent()
            # PostgreSQL's children bear its command line until they give themselves a title.
            if parent and parent.name() == process.name():
                continue
            if str(home.temporal) in command or str(home.postgres) in command:
                assert process.name() not in found
                found[process.name()] = process
    return found


async def logins_in_use(owners_url: str) -> set[str]:
    """Who is connected to a database of ours, but for who asks."""
    async with database_connection(owners_url) as owner:
        rows = await owner.fetch(
            "SELECT usename FROM pg_stat_activity"
            " WHERE datname = $1 AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
            DATABASE,
        )
    return {row["usename"] for row in rows}


def has_a_successor(home: Home, name: str, killed: psutil.Process) -> bool:
    """Whether a killed server has been started again."""
    return servers_of(home).get(name, killed) != killed


def one_line(result: CommandResult | Said) -> str:
    """What the command line told an operator who has to put something right."""
    code, errors = (result.code, result.errors) if isinstance(result, Said) else (result.returncode, result.stderr)
    assert code == 2, errors
    lines = errors.splitlines()
    assert len(lines) == 1, errors
    return lines[0]
