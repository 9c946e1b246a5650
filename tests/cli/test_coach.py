"""What a developer reads of why the coach said something."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

import asyncpg

from tests.stack.conftest import Said, one_line

Run = Callable[..., Said]


async def test_a_reply_is_explained_by_ids_and_no_word_of_it(
    in_process: Run, there: dict[str, str], pool: asyncpg.Pool
) -> None:
    talk, reply, memory = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    await pool.execute("INSERT INTO coach_system.conversations VALUES ($1, 'somebody', now())", talk)
    await pool.execute(
        "INSERT INTO coach_system.messages (message_id, conversation_id, user_ref, speaker, text, language,"
        " said_at, coach)"
        " VALUES ($1, $2, 'somebody', 'coach', 'How is Anna?', 'en', now(), 'offline')",
        reply,
        talk,
    )
    await pool.execute(
        "INSERT INTO coach_system.recalled VALUES ($1, 'somebody', 'memories', $2, 7)", reply, [str(memory)]
    )
    shown = (await asyncio.to_thread(in_process, "coach", "explain", str(reply), **there)).output
    assert "Written by offline" in shown
    assert str(memory) in "".join(shown.split("\n"))
    assert "Anna" not in shown
    unknown = await asyncio.to_thread(in_process, "coach", "explain", str(uuid.uuid4()), **there)
    assert "No reply of the coach has this id" in one_line(unknown)
