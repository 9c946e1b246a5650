"""Scenarios are played in Temporal's sandbox, which finds what is not deterministic in any workflow."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from temporalio.testing import WorkflowEnvironment

from tests import servers
from tests.people.person import People
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine


@pytest.fixture(scope="module")
async def sandboxed(env: WorkflowEnvironment, parts: Parts, pool: asyncpg.Pool) -> AsyncIterator[People]:
    """People apart from those of other tests."""
    apart = await servers.namespace(env)
    async with workers_of(apart.client, parts, Engine(), sandbox=True), People(apart, pool) as cast:
        yield cast
