"""Hears danger in what a person had told before they came here, once they agree that it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from activities.encryption.column import TextColumns
from schema.encrypted_columns import CRISIS_HEARD, CRISIS_SAID, MESSAGE, SAID, EncryptedColumn
from workflows.safety.rules.crisis import detect

_ANSWERS = """
    SELECT m.answer_id, m.session_id, m.update_id, m.text FROM onboarding_system.answer_messages m
        JOIN onboarding_system.answers a USING (answer_id)
    WHERE a.user_ref = $1 AND a.crisis IS NULL
"""
_MESSAGES = """
    SELECT message_id, text FROM coach_system.messages WHERE user_ref = $1 AND speaker = 'person' AND crisis IS NULL
"""
_AT_A_TIME = 20


async def read_what_waited(connection: PoolConnectionProxy, columns: TextColumns, user_ref: str) -> None:
    """Screens all that a person had told, and lets their answers wait for vectors. Local rules alone read it.

    Danger of long ago has no care any more; what speaks of it is never quoted back to them all the same.
    """
    answers = await connection.fetch(_ANSWERS, user_ref)
    messages = await connection.fetch(_MESSAGES, user_ref)
    heard = await _dangers(columns, user_ref, answers, MESSAGE, CRISIS_HEARD)
    said = await _dangers(columns, user_ref, messages, SAID, CRISIS_SAID)
    await connection.executemany(
        "UPDATE onboarding_system.answers SET crisis = $2 WHERE answer_id = $1",
        [(row["answer_id"], crisis) for row, crisis in heard],
    )
    await connection.executemany(
        "UPDATE coach_system.messages SET crisis = $2 WHERE message_id = $1",
        [(row["message_id"], crisis) for row, crisis in said],
    )
    await connection.execute(
        "UPDATE profiles_store.indexed_answers SET waits_since = clock_timestamp()"
        " WHERE user_ref = $1 AND indexed_at IS NULL AND waits_since IS NULL",
        user_ref,
    )
    await connection.execute("NOTIFY vectors_wait")


async def _dangers(
    columns: TextColumns,
    user_ref: str,
    rows: Sequence[asyncpg.Record],
    text: EncryptedColumn,
    crisis: EncryptedColumn,
) -> list[tuple[asyncpg.Record, str]]:
    found = []
    for number, row in enumerate(rows):
        if number % _AT_A_TIME == 0:
            # Others in this process have their turn.
            await asyncio.sleep(0)
        told = await columns.open(row["text"], text, row)
        if told is not None and (kind := detect(told)):
            found.append((row, await columns.seal(user_ref, kind, crisis, row)))
    return found
