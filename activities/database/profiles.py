"""Analyses in `analysis_system` and the profile they grow in `profiles_store`."""

from __future__ import annotations

from collections.abc import Iterable

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from temporalio import activity

from activities.database.turns import wait_for_turn
from schema.activities import AnalysisToFold, PersonRef, ProfileStore
from schema.analysis import TraitEvidence
from schema.profile import Profile, TraitLevel
from schema.vocabulary import Evolution, Trait
from workflows.profile.evolution import evolution_of, is_significant
from workflows.profile.layers import fold, unknown

Connection = PoolConnectionProxy


class PostgresProfileStore(ProfileStore):
    """Keeps analyses and folds them into profiles."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def fold_analysis(self, analysed: AnalysisToFold) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            # Two answers of one person must not fold at the same time, or one of them would be lost.
            await wait_for_turn(connection, analysed.user_ref)
            if not await _keep_analysis(connection, analysed):
                return
            for trait in Trait:
                evidence = [e for e in analysed.analysis.traits if e.trait is trait]
                if evidence:
                    await _fold_trait(connection, analysed, trait, evidence)

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
            # What was added to an answer is analysed by itself, and part of that answer all the same.
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
    """False when it is kept already, or when the answer was erased meanwhile."""
    analysis = analysed.analysis
    kept = await connection.fetchval(
        "INSERT INTO analysis_system.analyses"
        " (answer_id, user_ref, analyst, sentiment, crisis, breakthrough, patterns, insight, analysed_at)"
        " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9"
        " WHERE EXISTS (SELECT FROM onboarding_system.answers WHERE answer_id = $1)"
        " ON CONFLICT DO NOTHING RETURNING answer_id",
        analysed.answer_id,
        analysed.user_ref,
        analysis.analyst,
        analysis.sentiment,
        analysis.crisis,
        analysis.breakthrough,
        analysis.patterns,
        analysis.insight,
        analysed.analysed_at,
    )
    if kept is None:
        return False
    await connection.executemany(
        "INSERT INTO analysis_system.trait_evidence"
        " (answer_id, position, trait, facet, score, confidence, quote, direction)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            (analysed.answer_id, i, e.trait, e.facet, e.score, e.confidence, e.quote, e.direction)
            for i, e in enumerate(analysis.traits)
        ],
    )
    return True


async def _fold_trait(
    connection: Connection, analysed: AnalysisToFold, trait: Trait, evidence: Iterable[TraitEvidence]
) -> None:
    row = await connection.fetchrow(
        "SELECT trait, score, confidence, evidence, evolution FROM profiles_store.big_five_traits"
        " WHERE user_ref = $1 AND trait = $2",
        analysed.user_ref,
        trait,
    )
    before = _level(row) if row else unknown(trait)
    after = fold(before, evidence)
    await connection.execute(
        "INSERT INTO profiles_store.trait_history"
        " (user_ref, trait, answer_id, old_score, new_score, confidence, significant, changed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        analysed.user_ref,
        trait,
        analysed.answer_id,
        before.score,
        after.score,
        after.confidence,
        is_significant(before.score, after.score),
        analysed.analysed_at,
    )
    history = await connection.fetch(
        "SELECT h.new_score, a.session_id, a.question_id"
        " FROM profiles_store.trait_history h JOIN onboarding_system.answers a USING (answer_id)"
        " WHERE h.user_ref = $1 AND h.trait = $2 ORDER BY h.history_position",
        analysed.user_ref,
        trait,
    )
    await connection.execute(
        "INSERT INTO profiles_store.big_five_traits"
        " (user_ref, trait, score, confidence, evidence, evolution, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (user_ref, trait) DO UPDATE SET score = excluded.score, confidence = excluded.confidence,"
        " evidence = excluded.evidence, evolution = excluded.evolution, updated_at = excluded.updated_at",
        analysed.user_ref,
        trait,
        after.score,
        after.confidence,
        len({(row["session_id"], row["question_id"]) for row in history}),
        evolution_of([row["new_score"] for row in history]),
        analysed.analysed_at,
    )


def _level(row: asyncpg.Record) -> TraitLevel:
    return TraitLevel(
        trait=Trait(row["trait"]),
        score=row["score"],
        confidence=row["confidence"],
        evidence=row["evidence"],
        evolution=Evolution(row["evolution"]),
    )
