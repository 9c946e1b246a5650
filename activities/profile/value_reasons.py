"""Finds the person's own words behind a value of their profile."""

from __future__ import annotations

from datetime import datetime
from textwrap import shorten

import asyncpg

from activities.encryption.column import TextColumns
from activities.profile.stored_readings import denials
from schema.deliveries import MOST_REASONS
from schema.encrypted_columns import LAYER_QUOTE, MESSAGE, QUOTE
from schema.profile.activities import ValueAskedAbout, ValueExplained
from schema.profile.layers import Reason
from schema.profile_vocabulary import Layer
from workflows.profile.rules.readings import ValueKey, speaks_for

_BEGINNING = 200
"""Characters of an answer that stand for it where it has no quote."""

# What a crisis told is not repeated, nor what the person objects to.
_TOLD = """
    JOIN analysis_system.analyses n USING (answer_id)
    JOIN onboarding_system.answers a USING (answer_id)
    JOIN onboarding_system.questions q USING (question_id)
    WHERE a.user_ref = $1 AND a.crisis IS NULL AND n.crisis IS NULL
        AND NOT EXISTS (SELECT FROM analysis_system.objections o WHERE o.answer_id = a.answer_id)
"""

_EVIDENCE = f"""
    SELECT e.*, a.answered_at, CASE $2 WHEN 'ru' THEN q.text_ru ELSE q.text_en END AS question
    FROM (
        SELECT answer_id, position, 'big_five' AS layer, trait AS name, facet AS way, confidence, quote
        FROM analysis_system.trait_evidence
        UNION ALL
        SELECT answer_id, position, layer, name, way, confidence, quote FROM analysis_system.layer_evidence
    ) e {_TOLD} AND e.quote IS NOT NULL
    ORDER BY a.answered_at DESC, e.confidence DESC
"""

_SPOKEN = f"""
    SELECT m.session_id, m.update_id, m.text, a.answered_at,
        CASE $2 WHEN 'ru' THEN q.text_ru ELSE q.text_en END AS question
    FROM onboarding_system.answer_messages m {_TOLD} AND m.position = 1 AND q.domain = $3
    ORDER BY a.answered_at DESC
"""


class ValueReasons:
    """Reads quotes and answers, with the keys to decrypt them."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    async def of(self, asked: ValueAskedAbout) -> ValueExplained:
        """The latest reasons first; without those that were denied, and those that nobody can read any more."""
        key = ValueKey(asked.value.layer, asked.value.name)
        async with self._pool.acquire() as connection:
            until = await denials(connection, asked.user_ref)
            if key.layer is Layer.DOMAIN_AFFINITIES:
                rows = await connection.fetch(_SPOKEN, asked.user_ref, asked.locale, key.name)
            else:
                rows = await connection.fetch(_EVIDENCE, asked.user_ref, asked.locale)
        reasons = [
            Reason(quote=quote, question=row["question"], said_at=row["answered_at"])
            for row in rows
            if _counts(row, key, until) and (quote := await self._quote(row)) is not None
        ]
        # The same words may stand for a facet and for its trait.
        once = list({(reason.quote, reason.said_at): reason for reason in reasons}.values())
        return ValueExplained(reasons=once[:MOST_REASONS], more=len(once[MOST_REASONS:]))

    async def _quote(self, row: asyncpg.Record) -> str | None:
        if "text" in row:
            text = await self._columns.open(row["text"], MESSAGE, row)
            return None if text is None else shorten(text, _BEGINNING, placeholder=" …")
        column = QUOTE if row["layer"] == Layer.BIG_FIVE else LAYER_QUOTE
        return await self._columns.open(row["quote"], column, row)


def _counts(row: asyncpg.Record, key: ValueKey, denied: dict[ValueKey, datetime]) -> bool:
    """Whether a row speaks for a value, and nobody took it back."""
    values = (key,) if "text" in row else speaks_for(row["layer"], row["name"], row["way"])
    return key in values and not any(row["answered_at"] <= denied[value] for value in values if value in denied)
