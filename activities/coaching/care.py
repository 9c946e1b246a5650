"""Until when the coach is careful with a person who has spoken of danger, and where that stands."""

from __future__ import annotations

from uuid import UUID

import asyncpg
from temporalio import activity

from activities.analysis.reply_readers import ReplyReaders
from activities.coaching.agreed import agreed_locale
from activities.encryption.column import TextColumns
from activities.postgres.locks import lock_person
from schema.coaching.care import CARE_LASTS, SHORT_CARE_LASTS, CareStore, SafetyTaken, SafetyTold
from schema.encrypted_columns import CRISIS_SAID
from schema.vocabulary import CrisisKind

DANGERS = f"""
    SELECT message_id AS source_id, care_until FROM coach_system.messages
    WHERE user_ref = $1 AND care_until IS NOT NULL
    UNION ALL
    SELECT answer_id, coalesce(care_until, answered_at + interval '{CARE_LASTS.days} days')
    FROM onboarding_system.answers WHERE user_ref = $1 AND crisis IS NOT NULL
"""
"""What a person ($1) said in which danger was heard, and until when the coach is careful on account of it."""

_CONFIRM = """
    UPDATE coach_system.messages SET crisis = coalesce(crisis, $3), care_until = greatest(care_until, $2)
    WHERE message_id = $1
"""
# Only what the net alone has heard is cared for so shortly, and only while nobody has confirmed it. Of words of danger
# little is remembered, so they are read anew.
_TAKE_BACK = """
    WITH misread AS (
        UPDATE coach_system.messages SET crisis = NULL, care_until = NULL, remembered_by = NULL
        WHERE reply_id = $1 AND user_ref = $2 AND speaker = 'person' AND care_until <= said_at + $3::interval
        RETURNING message_id
    )
    DELETE FROM coach_system.memories WHERE told_in IN (SELECT message_id FROM misread)
"""
_SHORTEN = """
    UPDATE coach_system.messages SET care_until = least(care_until, $3)
    WHERE reply_id = $1 AND user_ref = $2 AND care_until IS NOT NULL
"""
_CARE_FOR_ANSWER = f"""
    UPDATE onboarding_system.answers SET care_until = CASE
        WHEN $3 = 'help' THEN $2::timestamptz + interval '{CARE_LASTS.days} days'
        WHEN $3 = 'misread' AND care_until <= answered_at + interval '{SHORT_CARE_LASTS.days} days' THEN $2
        ELSE least(
            coalesce(care_until, answered_at + interval '{CARE_LASTS.days} days'),
            $2::timestamptz + interval '{SHORT_CARE_LASTS.days} days'
        ) END
    WHERE answer_id = (
        SELECT answer_id FROM onboarding_system.answers WHERE user_ref = $1 AND crisis IS NOT NULL
        ORDER BY answered_at DESC LIMIT 1
    )
"""
_WAITS = """
    SELECT NOT EXISTS (
        SELECT FROM coach_system.messages WHERE conversation_id = $1
            AND (message_id = $2 OR (said_at > $3 AND reply_id IS DISTINCT FROM $2 AND reply_id IS DISTINCT FROM $4))
    )
"""


class PostgresCareStore(CareStore):
    """Keeps it in a migrated database."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, readers: ReplyReaders) -> None:
        self._pool = pool
        self._columns = columns
        self._readers = readers

    @activity.defn(name="coaching.take_safety_answer")
    async def take_safety_answer(self, told: SafetyTold) -> SafetyTaken:
        locale = await agreed_locale(self._pool, told.user_ref)
        if locale is None:
            return SafetyTaken()
        if told.reply_id is None:
            await self._pool.execute(_CARE_FOR_ANSWER, told.user_ref, told.told_at, told.answer)
            return SafetyTaken(locale=locale)
        reply_id = UUID(told.reply_id)
        said = await self._pool.fetch(
            "SELECT message_id, conversation_id, said_at, crisis FROM coach_system.messages"
            " WHERE reply_id = $1 AND user_ref = $2 AND speaker = 'person' ORDER BY said_at",
            reply_id,
            told.user_ref,
        )
        if not said:
            return SafetyTaken(locale=locale)
        if told.answer == "help":
            await self._confirm(told, said)
        elif told.answer == "misread":
            async with self._pool.acquire() as connection, connection.transaction():
                # What is just being remembered comes before, or finds that it is no danger any more.
                await lock_person(connection, told.user_ref)
                await connection.execute(_TAKE_BACK, reply_id, told.user_ref, SHORT_CARE_LASTS)
        if told.answer != "help":
            await self._pool.execute(_SHORTEN, reply_id, told.user_ref, told.told_at + SHORT_CARE_LASTS)
        return SafetyTaken(
            locale=locale,
            conversation_id=str(said[0]["conversation_id"]),
            waits=told.answer == "misread" and await self._waits(told, said),
            readers=await self._readers.of(told.user_ref),
        )

    async def _confirm(self, told: SafetyTold, said: list[asyncpg.Record]) -> None:
        kind = told.crisis or CrisisKind.SELF_HARM
        for row in said:
            sealed = await self._columns.seal(told.user_ref, kind, CRISIS_SAID, row)
            await self._pool.execute(_CONFIRM, row["message_id"], told.told_at + CARE_LASTS, sealed)

    async def _waits(self, told: SafetyTold, said: list[asyncpg.Record]) -> bool:
        """Whether the words have had no reply, and are no danger any more; the words that say so are set aside then."""
        in_danger = await self._pool.fetchval(
            "SELECT EXISTS (SELECT FROM coach_system.messages WHERE message_id = ANY ($1) AND crisis IS NOT NULL)",
            [row["message_id"] for row in said],
        )
        told_in = told.told_in and UUID(told.told_in)
        first, last = said[0], said[-1]
        asked = (first["conversation_id"], UUID(str(told.reply_id)), last["said_at"], told_in)
        if in_danger or not await self._pool.fetchval(_WAITS, *asked):
            return False
        await self._pool.execute(
            "UPDATE coach_system.messages SET set_aside_at = $2 WHERE reply_id = $1 AND set_aside_at IS NULL",
            told_in,
            told.told_at,
        )
        return True
