"""Somebody who answers, and a store for vectors of what they say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.qdrant.edge_store import EdgeStore, edge_store
from tests.activities.test_database import Someone
from workers.bootstrap import Parts


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[EdgeStore]:
    """An empty store."""
    async with edge_store(tmp_path / "vectors") as opened:
        yield opened


@pytest.fixture
async def someone(parts: Parts) -> Someone:
    """A person who has just consented."""
    person = Someone(parts)
    await person.opens()
    return person
