"""The steps that were agreed on, as a reply rests on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import asyncpg

from activities.coaching.recall.part import Chosen
from activities.encryption.column import TextColumns
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite
from schema.coaching.agreements import OUTCOMES
from schema.coaching.context import Step
from schema.encrypted_columns import STEP_NOTICE, STEP_WHAT, STEP_WHEN, STEP_WHY, EncryptedColumn
from workflows.coaching.rules.tokens import about_tokens

_MOST = 50
_LATELY = timedelta(days=60)
"""How long a step that was told of bears on a reply. What failed does so always."""
_STATUS = {"steps": ["agreed"], "outcomes": ["worked", "not_tried", "changed"], "failed": ["failed"]}


class RecalledSteps:
    """The open steps, those that were told of lately, or those that were tried and did not work."""

    def __init__(
        self, pool: asyncpg.Pool, columns: TextColumns, tokens: int, name: Literal["steps", "outcomes", "failed"]
    ) -> None:
        self.name: str = name
        self._pool = pool
        self._columns = columns
        self._tokens = tokens

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """The latest that fit the budget."""
        rows = await self._pool.fetch(
            "SELECT * FROM coach_system.agreements WHERE user_ref = $1 AND status = ANY ($2)"
            " AND ($3::interval IS NULL OR answered_at > now() - $3::interval)"
            " ORDER BY coalesce(answered_at, agreed_at) DESC LIMIT $4",
            reply.user_ref,
            _STATUS[self.name],
            _LATELY if self.name == "outcomes" else None,
            _MOST,
        )
        chosen, tokens = list[str](), 0
        for row in rows:
            step = await self._step(row)
            more = about_tokens(" ".join(step.texts))
            if tokens + more > self._tokens:
                break
            tokens += more
            chosen.append(str(row["agreement_id"]))
        return Chosen(chosen, tokens)

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """The steps in words."""
        rows = await self._pool.fetch(
            "SELECT *, update_id IN (SELECT update_id FROM coach_system.messages WHERE reply_id = $2) AS just_told"
            " FROM coach_system.agreements WHERE agreement_id = ANY ($1::uuid[])"
            " ORDER BY array_position($1::uuid[], agreement_id)",
            ids,
            UUID(reply.reply_id),
        )
        read = [(await self._step(row), row["just_told"] and row["status"] != "agreed") for row in rows]
        steps = [step.model_copy(update={"just_told": bool(just_told)}) for step, just_told in read]
        return {self.name: [step for step in steps if step.what]}

    async def _step(self, row: asyncpg.Record) -> Step:
        async def read(column: EncryptedColumn) -> str:
            return await self._columns.open(row[column.name], column, row) or ""

        answered = row["answered_at"]
        return Step(
            what=await read(STEP_WHAT),
            why=await read(STEP_WHY),
            when=await read(STEP_WHEN),
            notice=await read(STEP_NOTICE),
            told_on=answered.date() if answered else None,
            went=row["status"] if row["status"] in OUTCOMES.values() else None,
        )
