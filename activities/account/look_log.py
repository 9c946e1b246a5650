"""Writes down in PostgreSQL who looked at what people wrote."""

from __future__ import annotations

import asyncio
import uuid

import asyncpg

from schema.account.looks import Look, LookLog, LookLogAway

WRITE_WITHIN = 10.0
"""Timeout in seconds for one look. An operator waits for it."""


class PostgresLookLog(LookLog):
    """Expects a pool of the codec server's role, which may add looks and do nothing else."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def add(self, look: Look) -> None:
        look_id = uuid.uuid4()
        try:
            async with asyncio.timeout(WRITE_WITHIN), self._pool.acquire() as connection, connection.transaction():
                await connection.execute(
                    "INSERT INTO audit_system.looks (look_id, operator, reason, payloads) VALUES ($1, $2, $3, $4)",
                    look_id,
                    look.operator,
                    look.reason,
                    look.payloads,
                )
                await connection.executemany(
                    "INSERT INTO audit_system.people_looked_at (look_id, user_ref) VALUES ($1, $2)",
                    [(look_id, person) for person in look.people],
                )
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise LookLogAway(
                f"The log of looks can't be written ({type(error).__name__}): check DATABASE_URL."
            ) from None
