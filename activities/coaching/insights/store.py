"""Insights in `coach_system.insights`: kept, shown, told of, and denied."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import asyncpg

from activities.ai.insight import Connection, Quoted
from activities.coaching.care import CARE_LASTS, DANGERS
from activities.coaching.insights.newness import is_new
from activities.coaching.meaning import Meanings
from activities.coaching.own_texts import MAY_BEAR
from activities.encryption.column import TextColumns
from activities.postgres.locks import lock_person
from schema.analysis.readings import OFFLINE_ANALYST
from schema.base_model import Model
from schema.coaching.insights import Insight, InsightQuote
from schema.encrypted_columns import INSIGHT_FOUND, INSIGHT_GIST, INSIGHT_QUOTE

_INSIGHTS = uuid.UUID("0e7c3c7b-0f0b-4d0b-9a1e-6f0b8f1d5a42")

# One whose words are forgotten, or have turned out to speak of danger, is shown no more.
_STAND = f"""
    SELECT insight_id, text, quotes, sources, writer, made_at, shown_at FROM coach_system.insights
    WHERE user_ref = $1 AND denied_at IS NULL AND sources <@ ARRAY(SELECT source_id FROM ({MAY_BEAR}) AS own)
    ORDER BY made_at DESC, insight_id
"""

_KEEP = f"""
    INSERT INTO coach_system.insights (insight_id, user_ref, text, gist, quotes, sources, writer, made_at)
    SELECT $2, user_ref, $3, $4, $5, $6, $7, $8 FROM onboarding_system.people
    WHERE user_ref = $1 AND $6::uuid[] <@ ARRAY(SELECT source_id FROM ({MAY_BEAR}) AS own)
    ON CONFLICT DO NOTHING
"""

# Danger that an analysis heard later counts, too.
_DANGER = f"""
    SELECT EXISTS (SELECT FROM ({DANGERS}) AS dangers WHERE said_at > $2) OR EXISTS (
        SELECT FROM onboarding_system.answers a JOIN analysis_system.analyses n USING (answer_id)
        WHERE a.user_ref = $1 AND n.crisis IS NOT NULL AND answered_at > $2
    )
"""

# The same reply is told the same again.
_TELL = f"""
    WITH standing AS ({_STAND}), told AS (
        UPDATE coach_system.insights SET told_in = $2
        WHERE insight_id IN (SELECT insight_id FROM standing) AND told_in IS NULL AND shown_at IS NULL
        RETURNING insight_id
    )
    SELECT EXISTS (SELECT FROM told)
        OR EXISTS (SELECT FROM coach_system.insights WHERE user_ref = $1 AND told_in = $2)
"""


class KnownInsight(Model):
    """What was found before, denied or not."""

    text: str
    gist: str
    writer: str


class Insights:
    """The insights of people, in a migrated database."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, meanings: Meanings | None) -> None:
        self._pool = pool
        self._columns = columns
        self._meanings = meanings

    async def of(self, user_ref: str, *, seen: bool = False) -> list[Insight]:
        """The insights that stand, the newest first: all, or those that the person has seen.

        One that nobody can read any more is left out.
        """
        standing = await self._pool.fetch(_STAND, user_ref)
        rows = [row for row in standing if row["shown_at"] or not seen]
        sources = {source for row in rows for source in row["sources"]}
        said = {
            row["source_id"]: row
            for row in await self._pool.fetch(
                f"SELECT source_id, kind, said_at FROM ({MAY_BEAR}) AS own WHERE source_id = ANY ($2)",
                user_ref,
                list(sources),
            )
        }
        found: list[Insight] = []
        for row in rows:
            text = await self._columns.open(row["text"], INSIGHT_FOUND, row)
            quotes = [await self._columns.open(quote, INSIGHT_QUOTE, row) for quote in row["quotes"]]
            # What was forgotten since the first query has no place any more.
            if text is None or not all(quotes) or not said.keys() >= set(row["sources"]):
                continue
            found.append(
                Insight(
                    insight_id=str(row["insight_id"]),
                    text=text,
                    quotes=[
                        InsightQuote(words=words or "", kind=said[source]["kind"], said_at=said[source]["said_at"])
                        for words, source in zip(quotes, row["sources"], strict=True)
                    ],
                    made_at=row["made_at"],
                    writer=row["writer"],
                )
            )
        return found

    async def known(self, user_ref: str) -> list[KnownInsight]:
        """All that were ever found, also those that the person has denied."""
        rows = await self._pool.fetch(
            "SELECT insight_id, text, gist, writer FROM coach_system.insights WHERE user_ref = $1 ORDER BY made_at",
            user_ref,
        )
        read = [
            (
                row["writer"],
                await self._columns.open(row["text"], INSIGHT_FOUND, row),
                await self._columns.open(row["gist"], INSIGHT_GIST, row),
            )
            for row in rows
        ]
        return [KnownInsight(text=text, gist=gist, writer=writer) for writer, text, gist in read if text and gist]

    async def is_kept(self, look_id: str) -> bool:
        """Whether this look has found one already."""
        found = "SELECT EXISTS (SELECT FROM coach_system.insights WHERE insight_id = $1)"
        return bool(await self._pool.fetchval(found, _of(look_id)))

    async def keep(
        self,
        user_ref: str,
        look_id: str,
        found: Connection,
        quotes: Sequence[Quoted],
        known: Sequence[KnownInsight],
        *,
        writer: str,
        now: datetime,
    ) -> bool:
        """Keeps an insight if none before it means the same, and what it rests on still stands."""
        # The offline rules know their own themes apart, which are too short to be told apart by meaning.
        others = [each.gist for each in known if not writer == each.writer == OFFLINE_ANALYST]
        if not await is_new(found.gist, others, self._meanings):
            return False
        insight_id = _of(look_id)
        row = {"insight_id": insight_id}
        # Before the lock: the key store may take its time, and nobody is to wait for that.
        text = await self._columns.seal(user_ref, found.text, INSIGHT_FOUND, row)
        gist = await self._columns.seal(user_ref, found.gist, INSIGHT_GIST, row)
        words = [await self._columns.seal(user_ref, quote.words, INSIGHT_QUOTE, row) for quote in quotes]
        sources = [uuid.UUID(quote.source_id) for quote in quotes]
        async with self._pool.acquire() as connection, connection.transaction():
            # What is being forgotten now is gone before.
            await lock_person(connection, user_ref)
            await connection.execute(_KEEP, user_ref, insight_id, text, gist, words, sources, writer, now)
        return await self.is_kept(look_id)

    async def see(self, user_ref: str, seen_at: datetime) -> None:
        """Notes that the person has seen their insights."""
        await self._pool.execute(
            "UPDATE coach_system.insights SET shown_at = $2 WHERE user_ref = $1 AND shown_at IS NULL", user_ref, seen_at
        )

    async def deny(self, user_ref: str, insight_id: str, denied_at: datetime) -> bool:
        """Keeps that an insight is not true. False when it is there no more."""
        denied = await self._pool.fetchval(
            "UPDATE coach_system.insights SET denied_at = coalesce(denied_at, $3)"
            " WHERE insight_id = $2 AND user_ref = $1 RETURNING insight_id",
            user_ref,
            uuid.UUID(insight_id),
            denied_at,
        )
        return denied is not None

    async def is_to_be_told(self, user_ref: str, reply_id: str, now: datetime) -> bool:
        """Whether a reply is to tell of an insight that the person has neither seen nor been told of."""
        if await self.is_troubled(user_ref, now):
            return False
        return bool(await self._pool.fetchval(_TELL, user_ref, uuid.UUID(reply_id)))

    async def is_troubled(self, user_ref: str, now: datetime) -> bool:
        """Whether the person has lately spoken of danger."""
        return bool(await self._pool.fetchval(_DANGER, user_ref, now - CARE_LASTS))


def _of(look_id: str) -> uuid.UUID:
    return uuid.uuid5(_INSIGHTS, look_id)
