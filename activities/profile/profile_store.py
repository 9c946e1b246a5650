"""Stores analyses in `analysis_system` and the profile built from them in `profiles_store`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from temporalio import activity

from activities.encryption.column import TextColumns
from activities.postgres.locks import lock_person
from activities.profile.layer_tables import Trigger, keep_values
from activities.profile.stored_readings import stored_readings
from activities.profile.value_reasons import ValueReasons
from schema.analysis.readings import OFFLINE_ANALYST
from schema.encrypted_columns import CRISIS_READ, INSIGHT, LAYER_QUOTE, PATTERN, QUOTE, EncryptedColumn
from schema.person import PersonRef
from schema.profile.activities import (
    AnalysisToFold,
    AnswerObjectedTo,
    LevelsOverTime,
    ProfileStore,
    ValueAskedAbout,
    ValueDenied,
    ValueExplained,
)
from schema.profile.layers import Profile
from schema.profile_vocabulary import SIGNATURE, Layer
from workflows.profile.rules.levels import HALF_LIFE
from workflows.profile.rules.portrait import layers, over_time
from workflows.profile.rules.readings import ValueKey

Connection = PoolConnectionProxy

_ANALYSES = (
    "FROM analysis_system.analyses n JOIN onboarding_system.answers a USING (answer_id)"
    " LEFT JOIN analysis_system.objections o USING (answer_id)"
)
_TO_TELL = "n.user_ref = $1 AND n.crisis IS NULL AND a.crisis IS NULL AND o.objected_at IS NULL"
"""What an objection names is not repeated, nor what a crisis told."""

_IS_DENIED = (
    "SELECT EXISTS (SELECT FROM analysis_system.denials"
    " WHERE user_ref = $1 AND layer = $2 AND name = $3 AND denied_at >= $4)"
)
_DENY = (
    "INSERT INTO analysis_system.denials (user_ref, layer, name, denied_at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (user_ref, layer, name) DO UPDATE SET denied_at = excluded.denied_at"
)


class PostgresProfileStore(ProfileStore):
    """Keeps analyses and objections, and draws profiles from both."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, half_life: timedelta = HALF_LIFE) -> None:
        self._pool = pool
        self._columns = columns
        self._half_life = half_life
        self._reasons = ValueReasons(pool, columns)

    @activity.defn
    async def fold_analysis(self, analysed: AnalysisToFold) -> None:
        # Before the lock: the key store may take its time, and nobody is to wait for that.
        sealed = await self._sealed(analysed)
        async with self._pool.acquire() as connection, connection.transaction():
            # Folding two answers of one person at the same time would lose one of them.
            await lock_person(connection, analysed.user_ref)
            if await _keep_analysis(connection, analysed, sealed):
                stored = await stored_readings(connection, analysed.user_ref, self._half_life)
                touched = stored.touched_by(analysed.answer_id)
                trigger = Trigger("answer", analysed.answer_id, analysed.analysed_at)
                await keep_values(connection, analysed.user_ref, stored.merged(touched), touched, trigger)

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
            if heard:
                trigger = Trigger("objection", objection.answer_id, objection.objected_at)
                await _redraw(connection, objection.user_ref, self._half_life, trigger)
        return bool(heard)

    @activity.defn(name="profile.deny_value")
    async def deny_value(self, denied: ValueDenied) -> bool:
        key = ValueKey(denied.value.layer, denied.value.name)
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, denied.user_ref)
            if await connection.fetchval(_IS_DENIED, denied.user_ref, key.layer, key.name, denied.denied_at):
                return True
            stored = await stored_readings(connection, denied.user_ref, self._half_life)
            if key not in stored.merged({key}):
                return False
            await connection.execute(_DENY, denied.user_ref, key.layer, key.name, denied.denied_at)
            await _redraw(connection, denied.user_ref, self._half_life, Trigger("denial", None, denied.denied_at))
        return True

    @activity.defn(name="profile.explain_value")
    async def explain_value(self, asked: ValueAskedAbout) -> ValueExplained:
        return await self._reasons.of(asked)

    @activity.defn(name="profile.read_evolution")
    async def read_evolution(self, ref: PersonRef) -> LevelsOverTime:
        async with self._pool.acquire() as connection:
            stored = await stored_readings(connection, ref.user_ref, self._half_life)
        return LevelsOverTime(values=over_time(stored.readings, stored.denied))

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
                # An addendum is analysed separately, but counts as part of its answer. What was known of the person
                # elsewhere counts as one, as it does in each value.
                "SELECT count(DISTINCT (a.session_id, a.question_id))"
                " + (SELECT count(DISTINCT user_ref) FROM profiles_store.imported_values WHERE user_ref = $1)"
                " AS answers, coalesce(bool_or(n.analyst = $2), false) AS offline"
                " FROM analysis_system.analyses n JOIN onboarding_system.answers a USING (answer_id)"
                " WHERE n.user_ref = $1",
                ref.user_ref,
                OFFLINE_ANALYST,
            )
            # From the evidence, not from the tables of layers: those of 0.2.0 tell of movement within one conversation,
            # and hold nothing yet of what older answers say of the other layers.
            stored = await stored_readings(connection, ref.user_ref, self._half_life)
        drawn = layers(stored.merged())
        return Profile(
            traits=drawn.traits,
            dynamics=drawn.dynamics,
            adaptive=drawn.adaptive,
            affinities=drawn.affinities,
            signature=drawn.signature,
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
            layer_quotes=[
                quote and await sealed(quote, LAYER_QUOTE, position=n)
                for n, quote in enumerate([e.quote for e in analysis.dynamics] + [e.quote for e in analysis.aspects])
            ],
        )


class _Sealed(NamedTuple):
    """The texts of an analysis, encrypted."""

    crisis: str | None
    patterns: list[str]
    insight: str | None
    quotes: list[str | None]
    layer_quotes: list[str | None]


async def _redraw(connection: Connection, user_ref: str, half_life: timedelta, trigger: Trigger) -> None:
    """Stores all values anew, also those that nothing speaks for any more."""
    stored = await stored_readings(connection, user_ref, half_life)
    await keep_values(connection, user_ref, stored.merged(), None, trigger)


async def _keep_analysis(connection: Connection, analysed: AnalysisToFold, sealed: _Sealed) -> bool:
    """Stores the analysis; returns False if it is already stored or the answer has been erased."""
    analysis, evidence = analysed.analysis, analysed.analysis.traits
    dynamics, aspects = analysis.dynamics, analysis.aspects
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
            ), besides AS (
                INSERT INTO analysis_system.layer_evidence
                    (answer_id, position, layer, name, way, score, confidence, quote, direction)
                SELECT answer_id, position - 1, layer, name, way, score, confidence, quote, direction
                FROM kept, unnest($16::text[], $17::text[], $18::text[], $19::float8[], $20::float8[], $21::text[],
                    $22::text[]) WITH ORDINALITY AS e (layer, name, way, score, confidence, quote, direction, position)
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
            [Layer.CORE_DYNAMICS] * len(dynamics) + [_layer_of(e.aspect) for e in aspects],
            [e.dynamic for e in dynamics] + [e.aspect for e in aspects],
            [None] * len(dynamics) + [e.way for e in aspects],
            [e.score for e in dynamics] + [1.0] * len(aspects),
            [e.confidence for e in dynamics] + [e.confidence for e in aspects],
            sealed.layer_quotes,
            [e.direction for e in dynamics] + [None] * len(aspects),
        )
    )


def _layer_of(aspect: str) -> Layer:
    """The layer of a stored aspect: the signature, or what adapts where that has no such aspect."""
    return Layer.SIGNATURE if aspect in SIGNATURE else Layer.ADAPTIVE_TRAITS
