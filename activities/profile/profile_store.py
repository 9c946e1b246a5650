"""Stores analyses in `analysis_system` and the profile built from them in `profiles_store`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from typing import NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from temporalio import activity

from activities.encryption.column import TextColumns
from activities.postgres.locks import lock_person
from schema.analysis.readings import OFFLINE_ANALYST
from schema.encrypted_columns import CRISIS_READ, INSIGHT, PATTERN, QUOTE, EncryptedColumn
from schema.person import PersonRef
from schema.profile.activities import AnalysisToFold, AnswerObjectedTo, ProfileStore
from schema.profile.layers import Profile
from schema.vocabulary import Trait
from workflows.profile.rules.big_five import Piece, Step, portrait

Connection = PoolConnectionProxy

_ANALYSES = (
    "FROM analysis_system.analyses n JOIN onboarding_system.answers a USING (answer_id)"
    " LEFT JOIN analysis_system.objections o USING (answer_id)"
)
_TO_TELL = "n.user_ref = $1 AND n.crisis IS NULL AND a.crisis IS NULL AND o.objected_at IS NULL"
"""What an objection names is not repeated, nor what a crisis told."""


class PostgresProfileStore(ProfileStore):
    """Keeps analyses and objections, and draws profiles from both."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    @activity.defn
    async def fold_analysis(self, analysed: AnalysisToFold) -> None:
        # Before the lock: the key store may take its time, and nobody is to wait for that.
        sealed = await self._sealed(analysed)
        async with self._pool.acquire() as connection, connection.transaction():
            # Folding two answers of one person at the same time would lose one of them.
            await lock_person(connection, analysed.user_ref)
            if await _keep_analysis(connection, analysed, sealed) and analysed.analysis.traits:
                await _keep_portrait(connection, analysed.user_ref)

    @activity.defn
    async def object_to_answer(self, objection: AnswerObjectedTo) -> bool:
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, objection.user_ref)
            await connection.execute(
                "INSERT INTO analysis_system.objections (answer_id, user_ref, objected_at)"
                " SELECT answer_id, user_ref, $3 FROM onboarding_system.answers WHERE answer_id = $1 AND user_ref = $2"
                " ON CONFLICT DO NOTHING",
                objection.answer_id,
                objection.user_ref,
                objection.objected_at,
            )
            heard = await connection.fetchval(
                "SELECT EXISTS (SELECT FROM analysis_system.objections WHERE answer_id = $1 AND user_ref = $2)",
                objection.answer_id,
                objection.user_ref,
            )
            await _keep_portrait(connection, objection.user_ref)
        return bool(heard)

    @activity.defn
    async def read_profile(self, ref: PersonRef) -> Profile:
        async with self._pool.acquire() as connection:
            told = await connection.fetch(
                f"SELECT answer_id, patterns, insight, n.analyst = $2 AS offline {_ANALYSES} WHERE {_TO_TELL}"
                " ORDER BY n.analysed_at, answer_id",
                ref.user_ref,
                OFFLINE_ANALYST,
            )
            totals = await connection.fetchrow(
                # An addendum is analysed separately, but counts as part of its answer.
                "SELECT count(DISTINCT (a.session_id, a.question_id)) AS answers,"
                " coalesce(bool_or(n.analyst = $2), false) AS offline"
                " FROM analysis_system.analyses n JOIN onboarding_system.answers a USING (answer_id)"
                " WHERE n.user_ref = $1",
                ref.user_ref,
                OFFLINE_ANALYST,
            )
            # From the evidence, not from the stored levels: those of 0.2.0 tell of movement within one conversation.
            drawn = await _drawn(connection, ref.user_ref)
        return Profile(
            traits=[steps[-1].level for steps in drawn.values()],
            patterns=await self._patterns(told),
            insights=await self._insights(told),
            answers=totals["answers"] if totals else 0,
            offline=bool(totals and totals["offline"]),
        )

    async def _patterns(self, told: Sequence[asyncpg.Record]) -> list[str]:
        """The five patterns that were heard most often, the oldest first among equals."""
        heard: Counter[str] = Counter()
        surely: set[str] = set()
        for row in told:
            read = [await self._columns.open(pattern, PATTERN, row) for pattern in row["patterns"]]
            patterns = [pattern for pattern in read if pattern is not None]
            heard.update(patterns)
            surely.update(patterns if not row["offline"] else ())
        # A word list that hears a pattern once may have misheard.
        return [pattern for pattern, times in heard.most_common() if times > 1 or pattern in surely][:5]

    async def _insights(self, told: Sequence[asyncpg.Record]) -> list[str]:
        """The three latest insights, each once, the oldest first."""
        read = [await self._columns.open(row["insight"], INSIGHT, row) for row in told if row["insight"]]
        insights = [insight for insight in read if insight is not None]
        return list(reversed(list(dict.fromkeys(reversed(insights)))[:3]))

    async def _sealed(self, analysed: AnalysisToFold) -> _Sealed:
        analysis, row = analysed.analysis, {"answer_id": analysed.answer_id}

        async def sealed(text: str, column: EncryptedColumn, **also: object) -> str:
            return await self._columns.seal(analysed.user_ref, text, column, row | also)

        return _Sealed(
            crisis=analysis.crisis and await sealed(analysis.crisis, CRISIS_READ),
            patterns=[await sealed(pattern, PATTERN) for pattern in analysis.patterns],
            insight=analysis.insight and await sealed(analysis.insight, INSIGHT),
            quotes=[e.quote and await sealed(e.quote, QUOTE, position=n) for n, e in enumerate(analysis.traits)],
        )


class _Sealed(NamedTuple):
    """The texts of an analysis, encrypted."""

    crisis: str | None
    patterns: list[str]
    insight: str | None
    quotes: list[str | None]


async def _keep_analysis(connection: Connection, analysed: AnalysisToFold, sealed: _Sealed) -> bool:
    """Stores the analysis; returns False if it is already stored or the answer has been erased."""
    analysis, evidence = analysed.analysis, analysed.analysis.traits
    return bool(
        await connection.fetchval(
            """
            WITH kept AS (
                INSERT INTO analysis_system.analyses
                    (answer_id, user_ref, analyst, sentiment, crisis, breakthrough, patterns, insight, analysed_at)
                SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
                WHERE EXISTS (SELECT FROM onboarding_system.answers WHERE answer_id = $1)
                ON CONFLICT DO NOTHING RETURNING answer_id
            ), because AS (
                INSERT INTO analysis_system.trait_evidence
                    (answer_id, position, trait, facet, score, confidence, quote, direction)
                SELECT answer_id, position - 1, trait, facet, score, confidence, quote, direction
                FROM kept, unnest($10::text[], $11::text[], $12::float8[], $13::float8[], $14::text[], $15::text[])
                    WITH ORDINALITY AS e (trait, facet, score, confidence, quote, direction, position)
            )
            SELECT count(*) FROM kept
            """,
            analysed.answer_id,
            analysed.user_ref,
            analysis.analyst,
            analysis.sentiment,
            sealed.crisis,
            analysis.breakthrough,
            sealed.patterns,
            sealed.insight,
            analysed.analysed_at,
            [e.trait for e in evidence],
            [e.facet for e in evidence],
            [e.score for e in evidence],
            [e.confidence for e in evidence],
            sealed.quotes,
            [e.direction for e in evidence],
        )
    )


async def _drawn(connection: Connection, user_ref: str) -> dict[Trait, list[Step]]:
    """The person's traits, from all evidence that is kept."""
    rows = await connection.fetch(
        "SELECT e.trait, e.score, e.confidence, answer_id, a.session_id, a.question_id, s.opened_at, n.analysed_at,"
        " o.objected_at FROM analysis_system.trait_evidence e JOIN analysis_system.analyses n USING (answer_id)"
        " JOIN onboarding_system.answers a USING (answer_id)"
        " JOIN onboarding_system.sessions s ON s.session_id = a.session_id"
        " LEFT JOIN analysis_system.objections o USING (answer_id) WHERE n.user_ref = $1",
        user_ref,
    )
    evidence = [
        Piece(
            trait=Trait(row["trait"]),
            score=row["score"],
            confidence=row["confidence"],
            answer_id=str(row["answer_id"]),
            asked=f"{row['session_id']} {row['question_id']}",
            day=row["opened_at"].astimezone(UTC).date(),
            analysed_at=row["analysed_at"],
        )
        for row in rows
    ]
    return portrait(evidence, {str(row["answer_id"]) for row in rows if row["objected_at"]})


async def _keep_portrait(connection: Connection, user_ref: str) -> None:
    """Stores the person's traits and how they came to stand there; rows that stay as they are are not written."""
    drawn = await _drawn(connection, user_ref)
    steps = [step for of_trait in drawn.values() for step in of_trait]
    await connection.execute(
        "DELETE FROM profiles_store.trait_history USING analysis_system.objections o"
        " WHERE trait_history.user_ref = $1 AND trait_history.answer_id = o.answer_id",
        user_ref,
    )
    await connection.execute(
        "INSERT INTO profiles_store.trait_history AS h"
        " (user_ref, trait, answer_id, old_score, new_score, confidence, significant, changed_at)"
        " SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::float8[], $5::float8[], $6::float8[], $7::bool[],"
        " $8::timestamptz[]) ON CONFLICT (user_ref, trait, answer_id) DO UPDATE SET old_score = excluded.old_score,"
        " new_score = excluded.new_score, confidence = excluded.confidence, significant = excluded.significant"
        " WHERE (h.old_score, h.new_score, h.confidence, h.significant)"
        " IS DISTINCT FROM (excluded.old_score, excluded.new_score, excluded.confidence, excluded.significant)",
        user_ref,
        [step.level.trait for step in steps],
        [step.answer_id for step in steps],
        [step.before for step in steps],
        [step.level.score for step in steps],
        [step.level.confidence for step in steps],
        [step.significant for step in steps],
        [step.at for step in steps],
    )
    latest = [of_trait[-1] for of_trait in drawn.values()]
    await connection.execute(
        "DELETE FROM profiles_store.big_five_traits WHERE user_ref = $1 AND trait <> ALL ($2::text[])",
        user_ref,
        list(drawn),
    )
    await connection.execute(
        "INSERT INTO profiles_store.big_five_traits AS t"
        " (user_ref, trait, score, confidence, evidence, evolution, updated_at)"
        " SELECT $1, * FROM unnest($2::text[], $3::float8[], $4::float8[], $5::int[], $6::text[], $7::timestamptz[])"
        " ON CONFLICT (user_ref, trait) DO UPDATE SET score = excluded.score, confidence = excluded.confidence,"
        " evidence = excluded.evidence, evolution = excluded.evolution, updated_at = excluded.updated_at"
        " WHERE (t.score, t.confidence, t.evidence, t.evolution, t.updated_at) IS DISTINCT FROM"
        " (excluded.score, excluded.confidence, excluded.evidence, excluded.evolution, excluded.updated_at)",
        user_ref,
        [step.level.trait for step in latest],
        [step.level.score for step in latest],
        [step.level.confidence for step in latest],
        [step.level.evidence for step in latest],
        [step.level.evolution for step in latest],
        [step.at for step in latest],
    )
