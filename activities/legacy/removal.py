"""Takes back what came in, with what was made of it here. What people have said here since stays."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from temporalio import activity

from activities.legacy.arriving import Arriving
from activities.legacy.portraits import Profiles, redraw, taken_out
from activities.legacy.records import MADE, Taken
from activities.postgres.locks import lock_people
from schema.legacy.activities import LegacyRemoval
from schema.legacy.messages import PEOPLE, Source, SourceProgress, Step, Stepped


class PostgresLegacyRemoval(LegacyRemoval):
    """Works by what the import noted, so it needs no old database."""

    def __init__(self, pool: asyncpg.Pool, half_life: timedelta) -> None:
        self._pool = pool
        self._half_life = half_life
        self._removes: dict[str, Callable[[PoolConnectionProxy, Sequence[Taken]], Awaitable[None]]] = {
            Source.INSIGHTS: _insights,
            Source.CONVERSATIONS: _messages,
            Source.HISTORY: _changes,
            Source.PROFILES: self._profiles,
            Source.ANSWERS: _answers,
            Source.ANSWERS_NEW: _answers,
            Source.SESSIONS: _sessions,
            Source.QUESTIONS: _questions,
            PEOPLE: _people,
        }

    @activity.defn(name="legacy.take_back")
    async def take_back(self, step: Step) -> Stepped:
        at_a_time = (Profiles if step.source == Source.PROFILES else Arriving).at_a_time
        async with self._pool.acquire() as connection, connection.transaction():
            # Their locks before their rows: an erasure takes them in this order, too.
            found = await connection.fetch(
                "SELECT source_id, user_ref, kept_as FROM legacy_system.taken_rows WHERE source = $1"
                " ORDER BY source_id LIMIT $2",
                step.source,
                at_a_time,
            )
            await lock_people(connection, {row["user_ref"] for row in found if row["user_ref"]})
            rows = await connection.fetch(
                "DELETE FROM legacy_system.taken_rows WHERE source = $1 AND source_id = ANY ($2)"
                " RETURNING source_id, user_ref, kept_as",
                step.source,
                [row["source_id"] for row in found],
            )
            await self._removes[step.source](connection, [Taken(*row) for row in rows])
        progress = SourceProgress(
            source=step.source, looked_at=len(found), taken=len(rows), done=len(found) < at_a_time
        )
        return Stepped(progress=progress)

    @activity.defn(name="legacy.forget")
    async def forget(self, step: Step) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("DELETE FROM legacy_system.set_apart")
            await connection.execute("DELETE FROM legacy_system.migration_state")

    async def _profiles(self, connection: PoolConnectionProxy, rows: Sequence[Taken]) -> None:
        people = [row.user_ref for row in rows]
        await redraw(connection, await taken_out(connection, people), self._half_life)
        # Where a vector was made of the profile, it is made anew.
        await connection.execute(
            "UPDATE profiles_store.indexed_profiles SET waits_since = clock_timestamp()"
            " WHERE user_ref = ANY ($1) AND collection IS NOT NULL",
            people,
        )


async def _insights(connection: PoolConnectionProxy, rows: Sequence[Taken]) -> None:
    await connection.execute(
        "DELETE FROM coach_system.insights WHERE insight_id = ANY ($1::uuid[])", [row.kept_as for row in rows]
    )


async def _messages(connection: PoolConnectionProxy, rows: Sequence[Taken]) -> None:
    said = [row.kept_as for row in rows]
    await _forget_what_rests_on(connection, said)
    conversations = await connection.fetch(
        "DELETE FROM coach_system.messages WHERE message_id = ANY ($1::uuid[]) RETURNING conversation_id", said
    )
    ids = list({row["conversation_id"] for row in conversations})
    # A summary may tell of what is gone; the next one is made of what is left.
    await connection.execute("DELETE FROM coach_system.summaries WHERE conversation_id = ANY ($1)", ids)
    # Who went on talking in it has said something of their own there.
    await connection.execute(
        "DELETE FROM coach_system.conversations c WHERE conversation_id = ANY ($1) AND NOT EXISTS"
        " (SELECT FROM coach_system.messages m WHERE m.conversation_id = c.conversation_id)",
        ids,
    )


async def _changes(connection: PoolConnectionProxy, rows: Sequence[Taken]) -> None:
    await connection.execute(
        "DELETE FROM profiles_store.value_history WHERE history_position = ANY ($1::bigint[])",
        [int(row.kept_as) for row in rows],
    )


async def _answers(connection: PoolConnectionProxy, rows: Sequence[Taken]) -> None:
    answers = [row.kept_as for row in rows]
    await _forget_what_rests_on(connection, answers)
    for table in (
        *("analysis_system.analyses", "analysis_system.objections"),
        # Its vector is deleted by who owns it, where it has one.
        *("onboarding_system.answers",),
    ):
        await connection.execute(f"DELETE FROM {table} WHERE answer_id = ANY ($1::uuid[])", answers)
    await connection.execute(
        "DELETE FROM profiles_store.indexed_answers WHERE answer_id = ANY ($1::uuid[]) AND collection IS NULL", answers
    )
    await connection.execute(
        "UPDATE profiles_store.indexed_answers SET waits_since = clock_timestamp() WHERE answer_id = ANY ($1::uuid[])",
        answers,
    )


async def _sessions(connection: PoolConnectionProxy, rows: Sequence[Taken]) -> None:
    await connection.execute(
        "DELETE FROM onboarding_system.sessions WHERE session_id = ANY ($1::uuid[])", [row.kept_as for row in rows]
    )


async def _questions(connection: PoolConnectionProxy, rows: Sequence[Taken]) -> None:
    # One that is in our bank stays there.
    await connection.execute(
        "DELETE FROM onboarding_system.questions WHERE question_id = ANY ($1) AND question_id LIKE 'legacy-%'",
        [row.kept_as for row in rows],
    )


async def _people(connection: PoolConnectionProxy, rows: Sequence[Taken]) -> None:
    """Who came by the import and has never agreed is gone; who has is here by their own word."""
    await connection.execute(
        "DELETE FROM onboarding_system.people WHERE user_ref = ANY ($1) AND awaits_consent_since IS NOT NULL",
        [row.user_ref for row in rows if row.kept_as == MADE],
    )
    await connection.execute(
        "DELETE FROM account_system.moved_in WHERE owner = ANY ($1)", [row.user_ref for row in rows]
    )


async def _forget_what_rests_on(connection: PoolConnectionProxy, told: Sequence[str]) -> None:
    """Deletes what was remembered and found here of texts that are taken back."""
    people = await connection.fetch(
        "DELETE FROM coach_system.memories WHERE told_in = ANY ($1::uuid[]) RETURNING user_ref", told
    )
    found = await connection.fetch(
        "DELETE FROM coach_system.insights WHERE sources && $1::uuid[] RETURNING user_ref", told
    )
    # Both blocks are rebuilt of memories after the next talk.
    await connection.execute(
        "DELETE FROM coach_system.blocks WHERE user_ref = ANY ($1)",
        list({row["user_ref"] for row in (*people, *found)}),
    )
