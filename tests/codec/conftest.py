"""A codec server of an embedded stack, on the database of this test run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import aiohttp
import asyncpg
import pytest
from yarl import URL

from gateway.codec.operators import LocalOperators
from gateway.serving import serving
from tests.codec.door import Door, server
from workers.database_roles import Role


@pytest.fixture
async def codec_pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """Connections to the database as the codec server has them."""
    async with asyncpg.create_pool(Role.CODEC.at(database_url), min_size=1, max_size=2) as pool:
        yield pool


@pytest.fixture
async def door(codec_pool: asyncpg.Pool) -> AsyncIterator[Door]:
    """The server of an embedded stack."""
    operators = LocalOperators()
    app = server(codec_pool, operators).application()
    async with serving(app, "127.0.0.1", 0, setting="PORT") as port, aiohttp.ClientSession() as session:
        yield Door(session, URL(f"http://127.0.0.1:{port}"), operators.token_of("olga"))


@pytest.fixture
def anna() -> str:
    return uuid4().hex[:16]
