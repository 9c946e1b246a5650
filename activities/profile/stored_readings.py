"""Reads the evidence of a person, with their objections and denials, from PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from schema.profile_vocabulary import Layer
from workflows.profile.rules.affinity import Skipped, Spoken, heard
from workflows.profile.rules.merge import Value, merge
from workflows.profile.rules.readings import Reading, ValueKey, speaks_for

Connection = PoolConnectionProxy

# One statement, because each is a round trip while others wait for the person's lock.
_EVIDENCE = """
    SELECT e.answer_id::text, e.layer, e.name, e.way, e.score, e.confidence, a.session_id::text, a.question_id,
        a.answered_at, s.opened_at
    FROM (
        SELECT answer_id, 'big_five' AS layer, trait AS name, facet AS way, score, confidence
        FROM analysis_system.trait_evidence
        UNION ALL
        SELECT answer_id, layer, name, way, score, confidence FROM analysis_system.layer_evidence
    ) e
    JOIN analysis_system.analyses n USING (answer_id)
    JOIN onboarding_system.answers a USING (answer_id)
    JOIN onboarding_system.sessions s ON s.session_id = a.session_id
    WHERE n.user_ref = $1 AND NOT EXISTS (SELECT FROM analysis_system.objections o WHERE o.answer_id = n.answer_id)
    UNION ALL
    -- What was known of the person elsewhere is one occasion, and counts as one answer.
    SELECT 'imported', layer, name, nullif(way, ''), score, confidence, 'imported', '', known_at, known_at
    FROM profiles_store.imported_values WHERE user_ref = $1
"""

_SPOKEN = """
    SELECT a.answer_id, a.session_id, a.question_id, a.words, a.answered_at, n.sentiment, q.domain, s.opened_at
    FROM onboarding_system.answers a
    JOIN analysis_system.analyses n USING (answer_id)
    JOIN onboarding_system.questions q USING (question_id)
    JOIN onboarding_system.sessions s ON s.session_id = a.session_id
    WHERE a.user_ref = $1 AND a.crisis IS NULL AND n.crisis IS NULL
        AND NOT EXISTS (SELECT FROM analysis_system.objections o WHERE o.answer_id = n.answer_id)
"""

_SKIPPED = """
    SELECT k.session_id, k.question_id, k.asked_at, q.domain, s.opened_at
    FROM onboarding_system.asked_questions k
    JOIN onboarding_system.questions q USING (question_id)
    JOIN onboarding_system.sessions s ON s.session_id = k.session_id
    WHERE k.user_ref = $1
        AND EXISTS (
            SELECT FROM onboarding_system.asked_questions later
            WHERE later.session_id = k.session_id AND later.position > k.position)
        AND NOT EXISTS (
            SELECT FROM onboarding_system.answers a
            WHERE a.session_id = k.session_id AND a.question_id = k.question_id)
"""


@dataclass(frozen=True)
class StoredReadings:
    """What is known of a person."""

    readings: list[Reading]
    denied: dict[ValueKey, datetime]
    half_life: timedelta

    def merged(self, only: Collection[ValueKey] | None = None) -> dict[ValueKey, Value]:
        """The values of the profile, or only some of them: nothing else moves a value but its own readings."""
        if only is None:
            return merge(self.readings, denied=self.denied, half_life=self.half_life)
        wanted = set(only)
        touched = (r for r in self.readings if not wanted.isdisjoint(r.speaks_for))
        found = merge(touched, denied=self.denied, half_life=self.half_life)
        return {key: value for key, value in found.items() if key in wanted}

    def touched_by(self, answer_id: str) -> set[ValueKey]:
        """The values that an answer moves: those that it speaks for, and those of domains that were skipped."""
        return {
            value for reading in self.readings if reading.answer_id in (answer_id, None) for value in reading.speaks_for
        }


async def stored_readings(connection: Connection, user_ref: str, half_life: timedelta) -> StoredReadings:
    """The readings of a person, without those of answers to which the person objects, and what they deny."""
    evidence = await connection.fetch(_EVIDENCE, user_ref)
    spoken = await connection.fetch(_SPOKEN, user_ref)
    skipped = await connection.fetch(_SKIPPED, user_ref)
    return StoredReadings(
        readings=[*map(_reading, evidence), *heard(map(_spoken, spoken), map(_skipped, skipped))],
        denied=await denials(connection, user_ref),
        half_life=half_life,
    )


async def denials(connection: Connection, user_ref: str) -> dict[ValueKey, datetime]:
    """The values that a person denies, each with the time until which what was said for it weighs nothing."""
    rows = await connection.fetch(
        "SELECT layer, name, denied_at FROM analysis_system.denials WHERE user_ref = $1", user_ref
    )
    return {ValueKey(Layer(row["layer"]), row["name"]): row["denied_at"] for row in rows}


def _reading(row: asyncpg.Record) -> Reading:
    layer, way = row["layer"], row["way"]
    return Reading(
        speaks_for=speaks_for(layer, row["name"], way),
        score=row["score"],
        confidence=row["confidence"],
        answer_id=row["answer_id"],
        asked=_asked(row),
        occasion=row["session_id"],
        began_at=row["opened_at"],
        said_at=row["answered_at"],
        way="" if layer == Layer.BIG_FIVE else way or "",
    )


def _spoken(row: asyncpg.Record) -> Spoken:
    return Spoken(
        domain=row["domain"],
        words=row["words"],
        sentiment=row["sentiment"],
        answer_id=str(row["answer_id"]),
        asked=_asked(row),
        occasion=str(row["session_id"]),
        began_at=row["opened_at"],
        said_at=row["answered_at"],
    )


def _skipped(row: asyncpg.Record) -> Skipped:
    return Skipped(
        domain=row["domain"],
        asked=_asked(row),
        occasion=str(row["session_id"]),
        began_at=row["opened_at"],
        said_at=row["asked_at"],
    )


def _asked(row: asyncpg.Record) -> str:
    """Names an asking."""
    return f"{row['session_id']} {row['question_id']}"
