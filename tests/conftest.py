"""Fixtures: the stage, the workers, and people."""

from __future__ import annotations

import gc
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from temporalio.testing import TimeSkipper, WorkflowEnvironment

from activities.onboarding.question_store import store_bank
from activities.safety import text_reader
from activities.safety.second_net import EncoderSecondNet, Net
from schema.onboarding.bank import BankQuestion, load_bank
from tests import servers
from tests.analyst import RehearsedAnalyst
from tests.keys import encryption
from tests.people.person import People
from workers.bootstrap import Parts
from workers.database_roles import Role
from workers.run import collect_garbage_rarely, workers_of
from workers.settings import Engine

LONGEST_FIRST = (
    "chaos",
    "ops",
    "stack",
    "cli",
    "onboarding/test_every_state",
    "telegram/test_bot",
    "replay",
    "workers/test_secrets",
    "onboarding/test_smart_mix",
    "encryption",
    "account",
    "terminal/test_conversation",
    "analysis",
    "telegram",
    "onboarding",
    "workers",
)
"""Where the modules are that take longest: begun first, none of them is left running alone at the end."""

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest modules first; pytest-xdist gives its processes a module at a time, in this order."""

    def length(item: pytest.Item) -> int:
        place = item.path.relative_to(HERE).as_posix()
        return next((n for n, begin in enumerate(LONGEST_FIRST) if place.startswith(begin)), len(LONGEST_FIRST))

    items.sort(key=length)


_create_context = ssl.create_default_context
_context_of_file = cache(_create_context)


def _context_read_once(*arguments: Any, **more: Any) -> ssl.SSLContext:
    """A file of authorities is read once, not for each of hundreds of bots and clients: it takes 25 ms of CPU."""
    return (_context_of_file if more.get("cafile") else _create_context)(*arguments, **more)


ssl.create_default_context = _context_read_once

# What is imported and collected stays: the collector would walk all of it again and again.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on the collector looks at the rest."""
    collect_garbage_rarely()
    gc.enable()


# The same examples on every machine, and no clock: how long one takes says something of the machine.
settings.register_profile("anywhere", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anywhere")


@pytest.fixture(scope="session")
def bank() -> list[BankQuestion]:
    """The shipped question bank."""
    return load_bank()


@pytest.fixture(scope="session")
async def database_url() -> AsyncIterator[str]:
    """The address of the migrated database of this test run."""
    async with servers.database() as address:
        yield address


@pytest.fixture(scope="session")
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """Connections to it as its owner, who looks at everything."""
    async with asyncpg.create_pool(database_url, min_size=1, max_size=10) as pool:
        yield pool


@pytest.fixture(scope="session")
async def worker_pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """Connections to it as workers have them."""
    async with asyncpg.create_pool(Role.WORKER.at(database_url), min_size=1, max_size=10) as pool:
        yield pool


@pytest.fixture(scope="session")
async def bot_pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """Connections to it as the bot has them."""
    async with asyncpg.create_pool(Role.BOT.at(database_url), min_size=1, max_size=10) as pool:
        yield pool


@pytest.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """The Temporal dev server of this test run."""
    async with servers.temporal() as env:
        yield env


@pytest.fixture(scope="session")
def temporal_address(env: WorkflowEnvironment) -> str:
    """Where the Temporal server of this test run listens."""
    return env.client.service_client.config.target_host


@pytest.fixture
async def own_namespace(env: WorkflowEnvironment) -> TimeSkipper:
    """A namespace of one test, for one that runs workers of its own."""
    return await servers.namespace(env)


@pytest.fixture(scope="session")
def analyst() -> RehearsedAnalyst:
    """The analyst of all tests: the offline one, which a test can make fail."""
    return RehearsedAnalyst()


@pytest.fixture(autouse=True)
def forgotten(analyst: RehearsedAnalyst) -> None:
    """What an earlier test said of its texts is nobody else's."""
    analyst.forget()


@pytest.fixture(scope="session", autouse=True)
def in_time() -> Iterator[None]:
    """The second net is in time on any machine: what comes of one that is too slow, tests bring about themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_reader, "WEIGHED_WITHIN", timedelta(minutes=1))
        yield


@pytest.fixture(scope="session")
def net() -> Net:
    """The second net. Where workers have none, each answer of a person waits a second for one."""
    return Net.loaded()


@pytest.fixture(scope="session")
async def parts(worker_pool: asyncpg.Pool, bank: list[BankQuestion], analyst: RehearsedAnalyst, net: Net) -> Parts:
    """What the workers are made of."""
    await store_bank(worker_pool, bank)
    held = EncoderSecondNet(worker_pool, encryption().columns, net)
    return Parts.on(worker_pool, encryption(), bank, [analyst.model], net=held)


@pytest.fixture(scope="session")
async def workers(env: WorkflowEnvironment, parts: Parts) -> AsyncIterator[None]:
    """Both workers of the system, as they serve people; the sandbox is for replay."""
    async with workers_of(env.client, parts, Engine(), sandbox=False):
        yield


@pytest.fixture
async def people(workers: None, env: WorkflowEnvironment, pool: asyncpg.Pool) -> AsyncIterator[People]:
    """People who talk to Selfology in a test."""
    async with People(env, pool) as cast:
        yield cast
