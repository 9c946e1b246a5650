"""The logs of the embedded servers hold no word that a person wrote."""

from __future__ import annotations

import asyncpg
import pytest

from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack

DIARY = "my-diary-says"


async def test_an_error_of_a_statement_leaves_no_trace(settings: Settings, home: Home) -> None:
    async with joined_stack(settings) as stack:
        connection = await asyncpg.connect(stack.database_url)
        with pytest.raises(asyncpg.InvalidTextRepresentationError, match=DIARY):
            await connection.execute(f"SELECT '{DIARY}'::int")
        await connection.close()
    text = home.log_of("postgres").read_text(encoding="utf-8")
    assert "database system is ready" in text
    assert DIARY not in text
