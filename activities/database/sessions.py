"""Sessions and answers in `onboarding_system`."""

from __future__ import annotations

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from temporalio import activity

from activities.ai.router import Router
from activities.database.turns import lock_person
from schema.account.activities import LocaleChosen, PersonKnown, PersonToSweep
from schema.analysis.readings import AnswerInContext, AnswerReading
from schema.errors import AnswerGone
from schema.onboarding.activities import AnswerToRecord, SessionClosed, SessionOpened, SessionStore
from schema.person import PersonRef
from schema.safety.activities import TextToScreen
from schema.vocabulary import Construct, Depth, Domain, Energy, Locale
from workflows.analysis.rules.routing import AnswerTraits
from workflows.analysis.rules.text_features import read
from workflows.safety.rules.crisis import detect


class PostgresSessionStore(SessionStore):
    """Keeps sessions and answers, on a migrated database; the router says who reads on."""

    def __init__(self, pool: asyncpg.Pool, router: Router) -> None:
        self._pool = pool
        self._router = router

    @activity.defn
    async def recall_person(self, ref: PersonRef) -> PersonKnown:
        row = await self._pool.fetchrow(
            "SELECT locale, trust_points, readers, s.sessions, s.known_since FROM onboarding_system.people p, LATERAL"
            " (SELECT count(*) AS sessions, min(opened_at) AS known_since FROM onboarding_system.sessions"
            " WHERE user_ref = p.user_ref) s WHERE user_ref = $1",
            ref.user_ref,
        )
        companies = self._router.companies
        if row is None:
            return PersonKnown(consented=False, locale=None, trust_points=0, sessions=0, readers=companies)
        return PersonKnown(
            # Consent is to somebody: when others are to read along, it is asked for anew.
            consented=set(companies) <= set(row["readers"]),
            locale=Locale(row["locale"]),
            trust_points=row["trust_points"],
            sessions=row["sessions"],
            known_since=row["known_since"],
            readers=companies,
        )

    @activity.defn
    async def open_session(self, opened: SessionOpened) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, opened.user_ref)
            await connection.execute(
                "INSERT INTO onboarding_system.people (user_ref, locale, consented_at, readers)"
                " VALUES ($1, $2, $3, coalesce($4::text[], '{}'))"
                " ON CONFLICT (user_ref) DO UPDATE SET locale = excluded.locale,"
                " readers = coalesce($4, people.readers),"
                " consented_at = CASE WHEN $4::text[] IS NULL THEN people.consented_at ELSE excluded.consented_at END",
                opened.user_ref,
                opened.locale,
                opened.opened_at,
                opened.readers,
            )
            await connection.execute(
                "INSERT INTO onboarding_system.sessions (session_id, user_ref, opened_at) VALUES ($1, $2, $3)"
                " ON CONFLICT DO NOTHING",
                opened.session_id,
                opened.user_ref,
                opened.opened_at,
            )
            # A person has one session at a time: one that is open still was terminated, and could not say so itself.
            await connection.execute(
                "UPDATE onboarding_system.sessions SET status = 'ABANDONED', closed_at = $3"
                " WHERE user_ref = $2 AND session_id <> $1 AND closed_at IS NULL",
                opened.session_id,
                opened.user_ref,
                opened.opened_at,
            )

    @activity.defn
    async def record_answer(self, answer: AnswerToRecord) -> AnswerReading:
        reading = _read("\n".join(message.text for message in answer.messages), answer.locale)
        # One statement, one round trip: a person waits for it.
        agreed = await self._pool.fetchval(
            """
            WITH kept AS (
                INSERT INTO onboarding_system.answers
                    (answer_id, session_id, user_ref, question_id, addendum, language, words, crisis, answered_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
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
            reading.crisis,
            answer.messages[0].heard_at,
            [message.update_id for message in answer.messages],
            [message.text for message in answer.messages],
            [message.heard_at for message in answer.messages],
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

    @activity.defn
    async def screen_text(self, text: TextToScreen) -> AnswerReading:
        return _read(text.text, text.locale)

    @activity.defn
    async def remember_locale(self, chosen: LocaleChosen) -> None:
        await self._pool.execute(
            "UPDATE onboarding_system.people SET locale = $2 WHERE user_ref = $1", chosen.user_ref, chosen.locale
        )

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

    @activity.defn
    async def erase_person(self, ref: PersonRef) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, ref.user_ref)
            await _erase(connection, ref.user_ref)

    @activity.defn
    async def sweep_person(self, swept: PersonToSweep) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, swept.user_ref)
            # Only the opening of a session could outlive the erasure: every other row needs one that is gone.
            await connection.execute(
                "DELETE FROM onboarding_system.sessions WHERE user_ref = $1 AND opened_at < $2",
                swept.user_ref,
                swept.erased_at,
            )
            began_anew = await connection.fetchval(
                "SELECT EXISTS (SELECT FROM onboarding_system.sessions WHERE user_ref = $1)", swept.user_ref
            )
            if not began_anew:
                await _erase(connection, swept.user_ref)


class AnswerTexts:
    """Reads answers back for analysts: workflow histories keep ids only."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def in_context(self, answer_id: str, locale: Locale) -> AnswerInContext:
        """An answer with its question.

        Raises:
            AnswerGone: the answer has been erased.
        """
        row = await self._pool.fetchrow(
            """
            SELECT q.domain, q.depth, q.energy, q.listens_for,
                   CASE $2 WHEN 'ru' THEN q.text_ru ELSE q.text_en END AS question,
                   (SELECT string_agg(m.text, E'\n' ORDER BY m.position)
                    FROM onboarding_system.answer_messages m WHERE m.answer_id = a.answer_id) AS text
            FROM onboarding_system.answers a JOIN onboarding_system.questions q USING (question_id)
            WHERE a.answer_id = $1
            """,
            answer_id,
            locale,
        )
        if row is None or row["text"] is None:
            raise AnswerGone
        return AnswerInContext(
            answer_id=answer_id,
            question=row["question"],
            domain=Domain(row["domain"]),
            depth=Depth(row["depth"]),
            energy=Energy(row["energy"]),
            listens_for=[Construct(word) for word in row["listens_for"]],
            text=row["text"],
            locale=locale,
        )


async def _erase(connection: PoolConnectionProxy, user_ref: str) -> None:
    """Empties every table with a `user_ref`, also those that are still to come.

    What has none belongs to a row that has one, and goes with it: foreign keys cascade.
    """
    tables = await connection.fetch(
        """
        SELECT format('%I.%I', table_schema, table_name) AS name
        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
        WHERE column_name = 'user_ref' AND table_type = 'BASE TABLE' AND table_schema <> 'information_schema'
        ORDER BY 1
        """
    )
    for table in tables:
        await connection.execute(f"DELETE FROM {table['name']} WHERE user_ref = $1", user_ref)


def _read(text: str, locale: Locale) -> AnswerReading:
    # Crisis before anything else.
    crisis = detect(text)
    reading = read(text, locale)
    return AnswerReading(
        language=reading.language, words=reading.words, sharing=reading.sharing, tired=reading.tired, crisis=crisis
    )
