"""Stores analyses in `analysis_system` and the profile built from them in `profiles_store`."""

from __future__ import annotations

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from temporalio import activity

from activities.postgres.locks import lock_person
from schema.person import PersonRef
from schema.profile.activities import AnalysisToFold, ProfileStore
from schema.profile.layers import Profile, TraitLevel
from schema.vocabulary import Evolution, Trait
from workflows.profile.rules.big_five import fold, unknown
from workflows.profile.rules.evolution import evolution_of, is_significant

Connection = PoolConnectionProxy


class PostgresProfileStore(ProfileStore):
    """Keeps analyses and folds them into profiles."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def fold_analysis(self, analysed: AnalysisToFold) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            # Folding two answers of one person at the same time would lose one of them.
            await lock_person(connection, analysed.user_ref)
            if await _keep_analysis(connection, analysed):
                await _fold_traits(connection, analysed)

    @activity.defn
    async def read_profile(self, ref: PersonRef) -> Profile:
        levels = await self._pool.fetch(
            "SELECT trait, score, confidence, evidence, evolution FROM profiles_store.big_five_traits"
            " WHERE user_ref = $1",
            ref.user_ref,
        )
        patterns = await self._pool.fetch(
            "SELECT pattern FROM analysis_system.analyses, unnest(patterns) AS pattern"
            " WHERE user_ref = $1 AND crisis IS NULL GROUP BY pattern ORDER BY count(*) DESC, min(analysed_at) LIMIT 5",
            ref.user_ref,
        )
        insights = await self._pool.fetch(
            "SELECT insight FROM analysis_system.analyses WHERE user_ref = $1 AND insight IS NOT NULL"
            " AND crisis IS NULL GROUP BY insight ORDER BY max(analysed_at) DESC LIMIT 3",
            ref.user_ref,
        )
        totals = await self._pool.fetchrow(
            # An addendum is analysed separately, but counts as part of its answer.
            "SELECT count(DISTINCT (a.session_id, a.question_id)) AS answers,"
            " coalesce(bool_or(n.analyst = 'offline'), false) AS offline"
            " FROM analysis_system.analyses n JOIN onboarding_system.answers a USING (answer_id) WHERE n.user_ref = $1",
            ref.user_ref,
        )
        by_trait = {row["trait"]: row for row in levels}
        return Profile(
            traits=[_level(by_trait[trait]) for trait in Trait if trait in by_trait],
            patterns=[row["pattern"] for row in patterns],
            insights=[row["insight"] for row in reversed(insights)],
            answers=totals["answers"] if totals else 0,
            offline=bool(totals and totals["offline"]),
        )


async def _keep_analysis(connection: Connection, analysed: AnalysisToFold) -> bool:
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
            analysis.crisis,
            analysis.breakthrough,
            analysis.patterns,
            analysis.insight,
            analysed.analysed_at,
            [e.trait for e in evidence],
            [e.facet for e in evidence],
            [e.score for e in evidence],
            [e.confidence for e in evidence],
            [e.quote for e in evidence],
            [e.direction for e in evidence],
        )
    )


async def _fold_traits(connection: Connection, analysed: AnalysisToFold) -> None:
    """Updates all traits that the analysis has evidence for together, to save round trips."""
    spoken_of = [trait for trait in Trait if any(e.trait is trait for e in analysed.analysis.traits)]
    if not spoken_of:
        return
    rows = await connection.fetch(
        "SELECT trait, score, confidence, evidence, evolution, ARRAY(SELECT new_score"
        " FROM profiles_store.trait_history h WHERE h.user_ref = t.user_ref AND h.trait = t.trait"
        " ORDER BY history_position) AS scores"
        " FROM profiles_store.big_five_traits t WHERE user_ref = $1 AND trait = ANY ($2)",
        analysed.user_ref,
        spoken_of,
    )
    by_trait = {row["trait"]: row for row in rows}
    before = [_level(by_trait[trait]) if trait in by_trait else unknown(trait) for trait in spoken_of]
    after = [fold(level, [e for e in analysed.analysis.traits if e.trait is level.trait]) for level in before]
    await connection.execute(
        "INSERT INTO profiles_store.trait_history"
        " (user_ref, trait, answer_id, old_score, new_score, confidence, significant, changed_at)"
        " SELECT $1, trait, $2, old_score, new_score, confidence, significant, $3"
        " FROM unnest($4::text[], $5::float8[], $6::float8[], $7::float8[], $8::bool[])"
        " AS change (trait, old_score, new_score, confidence, significant)",
        analysed.user_ref,
        analysed.answer_id,
        analysed.analysed_at,
        spoken_of,
        [level.score for level in before],
        [level.score for level in after],
        [level.confidence for level in after],
        [is_significant(old.score, new.score) for old, new in zip(before, after, strict=True)],
    )
    await connection.execute(
        # An addendum is evidence of the same answer.
        "INSERT INTO profiles_store.big_five_traits"
        " (user_ref, trait, score, confidence, evidence, evolution, updated_at)"
        " SELECT $1, trait, score, confidence, (SELECT count(DISTINCT (a.session_id, a.question_id))"
        " FROM profiles_store.trait_history h JOIN onboarding_system.answers a USING (answer_id)"
        " WHERE h.user_ref = $1 AND h.trait = level.trait), evolution, $2"
        " FROM unnest($3::text[], $4::float8[], $5::float8[], $6::text[])"
        " AS level (trait, score, confidence, evolution)"
        " ON CONFLICT (user_ref, trait) DO UPDATE SET score = excluded.score, confidence = excluded.confidence,"
        " evidence = excluded.evidence, evolution = excluded.evolution, updated_at = excluded.updated_at",
        analysed.user_ref,
        analysed.analysed_at,
        spoken_of,
        [level.score for level in after],
        [level.confidence for level in after],
        [
            evolution_of([*(by_trait[level.trait]["scores"] if level.trait in by_trait else ()), level.score])
            for level in after
        ],
    )


def _level(row: asyncpg.Record) -> TraitLevel:
    return TraitLevel(
        trait=Trait(row["trait"]),
        score=row["score"],
        confidence=row["confidence"],
        evidence=row["evidence"],
        evolution=Evolution(row["evolution"]),
    )
