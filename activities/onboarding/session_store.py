"""Sessions and answers in `onboarding_system`."""

from __future__ import annotations

import uuid

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from temporalio import activity

from activities.analysis.router import Router
from activities.encryption.column import TextColumns
from activities.postgres.locks import lock_person
from activities.safety.late_screening import read_what_waited
from activities.safety.text_reader import TextReader
from schema.account.consent import consent_document
from schema.analysis.readings import AnswerReading
from schema.coaching.care import SHORT_CARE_LASTS
from schema.encrypted_columns import CRISIS_HEARD, MESSAGE, EncryptedColumn
from schema.onboarding.activities import (
    AnswerToRecord,
    LateAnswer,
    LateTexts,
    SessionClosed,
    SessionOpened,
    SessionStore,
)
from schema.onboarding.messages import LATE_WITHIN
from schema.vocabulary import Depth, Energy, Locale
from workflows.analysis.rules.local_reading import read_locally
from workflows.analysis.rules.routing import AnswerTraits

# The question that the person's latest session asked last, if it timed out since $2, and the answer that it has.
_TIMED_OUT = """
    SELECT s.session_id, p.locale, a.question_id, q.depth, q.energy, answer.answer_id,
        EXISTS (
            SELECT FROM onboarding_system.answers WHERE session_id = s.session_id AND crisis IS NOT NULL
        ) AS troubled
    FROM onboarding_system.people p
    JOIN onboarding_system.sessions s USING (user_ref)
    JOIN onboarding_system.asked_questions a USING (session_id)
    JOIN onboarding_system.questions q USING (question_id)
    LEFT JOIN onboarding_system.answers answer ON answer.session_id = s.session_id
        AND answer.question_id = a.question_id AND NOT answer.addendum
    WHERE p.user_ref = $1 AND s.status = 'TIMED_OUT' AND s.closed_at >= $2
        AND s.opened_at = (SELECT max(opened_at) FROM onboarding_system.sessions WHERE user_ref = $1)
    ORDER BY a.position DESC LIMIT 1
"""


class PostgresSessionStore(SessionStore):
    """Stores sessions and answers in a migrated database. Has each answer read, and asks the router for its route."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, reader: TextReader, router: Router) -> None:
        self._pool = pool
        self._columns = columns
        self._reader = reader
        self._router = router

    @activity.defn
    async def open_session(self, opened: SessionOpened) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, opened.user_ref)
            if opened.readers is not None and await _awaited_consent(connection, opened.user_ref):
                await read_what_waited(connection, self._columns, opened.user_ref)
            await connection.execute(
                "INSERT INTO onboarding_system.people (user_ref, locale, consented_at, readers, consent_version)"
                " VALUES ($1, $2, $3, coalesce($4::text[], '{}'), $5)"
                " ON CONFLICT (user_ref) DO UPDATE SET locale = excluded.locale,"
                " readers = coalesce($4, people.readers),"
                " consent_version = coalesce($5, people.consent_version),"
                " awaits_consent_since = CASE WHEN $4::text[] IS NULL THEN people.awaits_consent_since END,"
                " consented_at = CASE WHEN $4::text[] IS NULL THEN people.consented_at ELSE excluded.consented_at END",
                opened.user_ref,
                opened.locale,
                opened.opened_at,
                opened.readers,
                # Who consented earlier has not been shown today's text.
                None if opened.readers is None else consent_document(opened.locale).version,
            )
            await connection.execute(
                "INSERT INTO onboarding_system.sessions (session_id, user_ref, opened_at) VALUES ($1, $2, $3)"
                " ON CONFLICT DO NOTHING",
                opened.session_id,
                opened.user_ref,
                opened.opened_at,
            )
            # A person has one session at a time: a row that is still open belongs to a terminated workflow.
            await connection.execute(
                "UPDATE onboarding_system.sessions SET status = 'ABANDONED', closed_at = $3"
                " WHERE user_ref = $2 AND session_id <> $1 AND closed_at IS NULL",
                opened.session_id,
                opened.user_ref,
                opened.opened_at,
            )

    @activity.defn
    async def record_answer(self, answer: AnswerToRecord) -> AnswerReading:
        text = "\n".join(message.text for message in answer.messages)
        # Choices are texts of the bank, which hold no danger.
        reading = read_locally(text, answer.locale) if answer.chosen else await self._reader.read(text, answer.locale)
        # One statement for one round trip, because a person waits.
        agreed = await self._pool.fetchval(
            """
            WITH kept AS (
                INSERT INTO onboarding_system.answers
                    (answer_id, session_id, user_ref, question_id, addendum, language, words, crisis, answered_at,
                    care_until)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $13)
                ON CONFLICT DO NOTHING
            ), said AS (
                INSERT INTO onboarding_system.answer_messages
                    (session_id, update_id, answer_id, position, text, heard_at)
                SELECT $2, m.update_id, $1, m.position, m.text, m.heard_at
                FROM unnest($10::text[], $11::text[], $12::timestamptz[])
                    WITH ORDINALITY AS m (update_id, text, heard_at, position)
                -- A session that an operator has reset hears messages again, and may take them for another answer.
                ON CONFLICT (session_id, update_id) DO UPDATE
                    SET answer_id = excluded.answer_id, position = excluded.position
                    WHERE answer_messages.answer_id <> excluded.answer_id
            ), emptied AS (
                -- No answer stays without a text when all its messages belong to another one now.
                DELETE FROM onboarding_system.answers a USING onboarding_system.answer_messages m
                WHERE m.session_id = $2 AND m.update_id = ANY ($10) AND m.answer_id <> $1 AND a.answer_id = m.answer_id
                    AND NOT EXISTS (
                        SELECT FROM onboarding_system.answer_messages other
                        WHERE other.answer_id = a.answer_id AND other.update_id <> ALL ($10)
                    )
            )
            SELECT readers FROM onboarding_system.people WHERE user_ref = $3
            """,
            answer.answer_id,
            answer.session_id,
            answer.user_ref,
            answer.question_id,
            answer.addendum,
            reading.language,
            reading.words,
            reading.crisis and await self._sealed(answer, reading.crisis, CRISIS_HEARD),
            answer.messages[0].heard_at,
            [message.update_id for message in answer.messages],
            [await self._sealed(answer, m.text, MESSAGE, m.update_id) for m in answer.messages],
            [message.heard_at for message in answer.messages],
            answer.messages[0].heard_at + SHORT_CARE_LASTS if reading.crisis and reading.net_alone else None,
        )
        traits = AnswerTraits(
            words=reading.words,
            sharing=reading.sharing,
            depth=answer.depth,
            energy=answer.energy,
            crisis=reading.crisis,
            troubled=answer.troubled,
        )
        return reading.model_copy(update={"route": await self._router.route(traits, agreed or [])})

    @activity.defn(name="onboarding.keep_late_answer")
    async def keep_late_answer(self, late: LateTexts) -> LateAnswer:
        row = await self._pool.fetchrow(_TIMED_OUT, late.user_ref, late.messages[0].heard_at - LATE_WITHIN)
        if row is None:
            return LateAnswer()
        session_id, locale = row["session_id"], Locale(row["locale"])
        # The same id that the session would have given it.
        answer_id = uuid.uuid5(session_id, late.messages[0].update_id)
        if row["answer_id"] not in (None, answer_id):
            return LateAnswer()
        reading = await self.record_answer(
            AnswerToRecord(
                answer_id=str(answer_id),
                session_id=str(session_id),
                user_ref=late.user_ref,
                question_id=row["question_id"],
                locale=locale,
                addendum=False,
                depth=Depth(row["depth"]),
                energy=Energy(row["energy"]),
                troubled=row["troubled"],
                messages=late.messages,
            )
        )
        return LateAnswer(answer_id=str(answer_id), question_id=row["question_id"], locale=locale, reading=reading)

    async def _sealed(
        self, answer: AnswerToRecord, text: str, column: EncryptedColumn, update_id: str | None = None
    ) -> str:
        row = {"answer_id": answer.answer_id, "session_id": answer.session_id, "update_id": update_id}
        return await self._columns.seal(answer.user_ref, text, column, row)

    @activity.defn
    async def close_session(self, closed: SessionClosed) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "UPDATE onboarding_system.sessions SET status = $2, closed_at = $3 WHERE session_id = $1",
                closed.session_id,
                closed.status,
                closed.closed_at,
            )
            await connection.execute(
                "UPDATE onboarding_system.people SET trust_points = $2 WHERE user_ref = $1",
                closed.user_ref,
                closed.trust_points,
            )


async def _awaited_consent(connection: PoolConnectionProxy, user_ref: str) -> bool:
    """Whether the person moved in from elsewhere, and has not been asked until now."""
    return bool(
        await connection.fetchval(
            "SELECT awaits_consent_since IS NOT NULL FROM onboarding_system.people WHERE user_ref = $1", user_ref
        )
    )
