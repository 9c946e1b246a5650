"""The send ledger in PostgreSQL: each planned message and its known result.

Telegram has no idempotency key. So the ledger records the intent before a send and the result after it. A send with an
intent and no result, because the process died or Telegram did not answer, may have arrived.
"""

from __future__ import annotations

import asyncio

import asyncpg

from schema.telegram.send_ledger import Send, SendLedger, SendState


class PostgresSendLedger(SendLedger):
    """The sends of one bot. Every method is a single statement."""

    def __init__(self, pool: asyncpg.Pool, bot_id: int) -> None:
        self._pool = pool
        self._bot_id = bot_id

    async def plan(self, delivery_key: str, parts: int, user_ref: str | None) -> list[Send]:
        rows = await self._pool.fetch(
            """
            INSERT INTO telegram_system.sends AS kept (bot_id, delivery_key, part, user_ref, state)
            SELECT $1, $2, part, $3, 'planned' FROM generate_series(0, $4 - 1) AS part
            ON CONFLICT (bot_id, delivery_key, part) DO UPDATE
                SET state = CASE kept.state WHEN 'sending' THEN 'unknown' ELSE kept.state END
            RETURNING part, state, message_id, in_doubt
            """,
            self._bot_id,
            delivery_key,
            user_ref,
            parts,
        )
        sends = [
            Send(delivery_key, row["part"], SendState(row["state"]), row["message_id"], row["in_doubt"]) for row in rows
        ]
        return sorted(sends, key=lambda send: send.part)

    async def begin(self, send: Send, *, editing: int | None = None) -> None:
        await self._keep(send, SendState.SENDING, editing)

    async def sent(self, send: Send, message_id: int) -> None:
        await self._keep(send, SendState.SENT, message_id)

    async def not_sent(self, send: Send) -> None:
        await self._keep(send, SendState.PLANNED, None)

    async def unclear(self, send: Send, *, editing: int | None = None) -> None:
        await self._keep(send, SendState.UNKNOWN, editing)

    async def first_message(self, delivery_key: str) -> int | None:
        message_id: int | None = await self._pool.fetchval(
            "SELECT message_id FROM telegram_system.sends"
            " WHERE bot_id = $1 AND delivery_key = $2 AND state = 'sent' ORDER BY part LIMIT 1",
            self._bot_id,
            delivery_key,
        )
        return message_id

    async def _keep(self, send: Send, state: SendState, message_id: int | None) -> None:
        # SENT is final: a delayed earlier attempt must not overwrite it. To repeat an edit makes no copy.
        written = self._pool.execute(
            "UPDATE telegram_system.sends SET state = $4, message_id = $5, changed_at = now(),"
            " in_doubt = in_doubt OR ($4 = 'sending' AND state = 'unknown' AND message_id IS NULL)"
            " WHERE bot_id = $1 AND delivery_key = $2 AND part = $3 AND state <> 'sent'",
            self._bot_id,
            send.delivery_key,
            send.part,
            state,
            message_id,
        )
        # Shielded, so that a known result is recorded even if the attempt is cancelled.
        await asyncio.shield(written)
