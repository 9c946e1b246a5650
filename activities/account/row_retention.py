"""Deletes rows that have been kept for long enough."""

from __future__ import annotations

import asyncpg
from temporalio import activity

from schema.account.retention import Kind, OldRows, RowRetention

_OLD = {
    Kind.SENDS: "DELETE FROM telegram_system.sends WHERE changed_at < now() - $1::interval",
    # An index leads from a reply to what it rests on. The parts that are left say what a reply has to go with.
    Kind.RECALLED: """
        DELETE FROM coach_system.recalled r USING coach_system.messages m
        WHERE m.message_id = r.reply_id AND m.said_at < now() - $1::interval
        AND r.part NOT IN ('memories', 'losses', 'told')
    """,
    Kind.MODEL_CALLS: "DELETE FROM analysis_system.model_calls WHERE called_at < now() - $1::interval",
}


class PostgresRowRetention(RowRetention):
    """Expects a pool of the workers' role. Each kind is one statement."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn(name="account.forget_old")
    async def forget_old(self, old: OldRows) -> int:
        done: str = await self._pool.execute(_OLD[old.kind], old.older_than)
        return int(done.removeprefix("DELETE "))
