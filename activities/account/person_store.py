"""Stores a person's consent and language, and erases everything about them."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from temporalio import activity

from activities.account.tombstones import PostgresTombstones
from activities.encryption.column import TextColumns
from activities.encryption.data_keys import DataKeys
from activities.postgres.catalogue import tables_with
from activities.postgres.locks import lock_person
from activities.safety.kept_crisis import crisis_kind
from schema.account.activities import LocaleChosen, PersonKnown, PersonStore, PersonToSweep
from schema.account.consent import TALKS_SINCE
from schema.encrypted_columns import CRISIS_HEARD, CRISIS_READ
from schema.keys.key_id import owner_of
from schema.person import PersonRef
from schema.vocabulary import CrisisKind, Locale


class PostgresPersonStore(PersonStore):
    """Recalls and erases people. `companies` are those whose models read answers now, as consent names them."""

    def __init__(self, pool: asyncpg.Pool, keys: DataKeys, columns: TextColumns, companies: Sequence[str]) -> None:
        self._pool = pool
        self._keys = keys
        self._columns = columns
        self._companies = list(companies)
        self._tombstones = PostgresTombstones(pool)

    @activity.defn
    async def recall_person(self, ref: PersonRef) -> PersonKnown:
        row = await self._pool.fetchrow(
            """
            SELECT locale, trust_points, readers, consent_version, awaits_consent_since, s.sessions, s.known_since, d.*
            FROM onboarding_system.people p
            CROSS JOIN LATERAL (
                SELECT count(*) AS sessions, min(opened_at) AS known_since
                FROM onboarding_system.sessions WHERE user_ref = p.user_ref
            ) s
            LEFT JOIN LATERAL (
                SELECT a.answer_id, a.crisis AS heard, n.crisis AS understood, a.answered_at AS danger_at
                FROM onboarding_system.answers a LEFT JOIN analysis_system.analyses n USING (answer_id)
                WHERE a.user_ref = p.user_ref AND (a.crisis IS NOT NULL OR n.crisis IS NOT NULL)
                ORDER BY a.answered_at DESC LIMIT 1
            ) d ON true
            WHERE user_ref = $1
            """,
            ref.user_ref,
        )
        if row is None:
            return PersonKnown(consented=False, locale=None, trust_points=0, sessions=0, readers=self._companies)
        return PersonKnown(
            # Consent names the companies that read answers, and what is kept: for others the person is asked again.
            consented=set(self._companies) <= set(row["readers"]) and (row["consent_version"] or "") >= TALKS_SINCE,
            locale=Locale(row["locale"]),
            trust_points=row["trust_points"],
            sessions=row["sessions"],
            known_since=row["known_since"],
            danger=await self._danger(row),
            danger_at=row["danger_at"],
            moved_in=row["awaits_consent_since"] is not None,
            readers=self._companies,
        )

    async def _danger(self, row: asyncpg.Record) -> CrisisKind | None:
        column, kept = (CRISIS_HEARD, row["heard"]) if row["heard"] else (CRISIS_READ, row["understood"])
        return await crisis_kind(self._columns, kept, column, row) if kept else None

    @activity.defn
    async def remember_locale(self, chosen: LocaleChosen) -> None:
        await self._pool.execute(
            "UPDATE onboarding_system.people SET locale = $2 WHERE user_ref = $1", chosen.user_ref, chosen.locale
        )

    @activity.defn
    async def erase_person(self, ref: PersonRef) -> None:
        # A session that erases somebody who declined goes on to its end, under their key.
        if not activity.in_activity() or owner_of(activity.info().workflow_id) != ref.user_ref:
            # First of all: from here on, nobody can read what any file or backup still holds of the person.
            await self._destroy_keys(ref.user_ref)
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, ref.user_ref)
            await _erase(connection, ref.user_ref)

    async def _destroy_keys(self, user_ref: str) -> None:
        last = await self._keys.last(user_ref)
        # Where no restore of the key store forgets it; before, so that what is done here is known there.
        await self._tombstones.keep(last)
        await self._keys.destroy(last)

    @activity.defn
    async def sweep_person(self, swept: PersonToSweep) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, swept.user_ref)
            # Only a late `open_session` can survive the erasure: every other row depends on one that is deleted.
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


async def _erase(connection: PoolConnectionProxy, user_ref: str) -> None:
    """Deletes the person's rows from every table with a `user_ref`, including tables added later.

    Rows of other tables belong to one of those and are deleted with it: foreign keys cascade.
    """
    for table in await tables_with(connection, ["user_ref"]):
        await connection.execute(f"DELETE FROM {table['name']} WHERE user_ref = $1", user_ref)
