"""Somebody who talks to the coach."""

from __future__ import annotations

import pytest

from tests.coaching.talker import Talker
from tests.people.person import People


@pytest.fixture
async def anna(people: People) -> Talker:
    """A person who has agreed."""
    talker = Talker(people)
    await talker.agrees()
    return talker
