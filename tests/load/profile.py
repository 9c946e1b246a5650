"""`python -m tests.load.profile`: what reading a profile and folding an answer into it cost.

A database of its own holds people with a year of twelve sessions each. Profiles of some are read and grow, one after
another; figures are those of the store's activities, without Temporal.
"""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from collections.abc import Awaitable
from datetime import UTC, datetime

import asyncpg
import typer
from rich.console import Console

from activities.onboarding.question_store import store_bank
from schema.analysis.readings import AspectEvidence, DeepAnalysis, DynamicEvidence, TraitEvidence
from schema.onboarding.activities import AnswerToRecord, HeardText
from schema.person import PersonRef
from schema.profile.activities import AnalysisToFold
from schema.profile_vocabulary import Dynamic
from schema.vocabulary import Locale, Trait
from tests import servers
from tests.keys import encryption
from workers.bootstrap import Parts, shipped_bank

SESSIONS, ANSWERS = 12, 12

# Each answer with seven pieces of evidence.
SEED = [
    "INSERT INTO onboarding_system.people (user_ref, locale, consented_at)"
    " SELECT 'person' || p, 'en', now() FROM generate_series(1, {people}) p",
    "INSERT INTO onboarding_system.sessions (session_id, user_ref, status, opened_at)"
    " SELECT md5(p || 's' || s)::uuid, 'person' || p, 'COMPLETED', now() - (12 - s) * interval '30 days'"
    f" FROM generate_series(1, {{people}}) p, generate_series(1, {SESSIONS}) s",
    "INSERT INTO onboarding_system.answers"
    " (answer_id, session_id, user_ref, question_id, addendum, language, words, answered_at)"
    " SELECT md5(p || 's' || s || 'a' || a)::uuid, md5(p || 's' || s)::uuid, 'person' || p,"
    " (SELECT question_id FROM onboarding_system.questions ORDER BY question_id OFFSET (s * 12 + a) % 300 LIMIT 1),"
    " false, 'en', 40, now() - (12 - s) * interval '30 days' + a * interval '1 minute'"
    f" FROM generate_series(1, {{people}}) p, generate_series(1, {SESSIONS}) s, generate_series(1, {ANSWERS}) a",
    "INSERT INTO analysis_system.analyses"
    " (answer_id, user_ref, analyst, sentiment, breakthrough, patterns, insight, analysed_at)"
    " SELECT answer_id, user_ref, 'rehearsed', .2, false, '{{}}', NULL, answered_at FROM onboarding_system.answers",
    "INSERT INTO analysis_system.trait_evidence (answer_id, position, trait, facet, score, confidence)"
    " SELECT answer_id, n, (ARRAY['openness', 'extraversion', 'agreeableness', 'neuroticism'])[n],"
    " (ARRAY['ideas', 'warmth', 'trust', 'anxiety'])[n], .7, .3"
    " FROM onboarding_system.answers, generate_series(1, 4) n",
    "INSERT INTO analysis_system.layer_evidence (answer_id, position, layer, name, way, score, confidence)"
    " SELECT answer_id, n, (ARRAY['core_dynamics', 'signature', 'signature'])[n],"
    " (ARRAY['resilience', 'stress_response', 'love_language'])[n], (ARRAY[NULL, 'freeze', 'time'])[n], .7, .3"
    " FROM onboarding_system.answers, generate_series(1, 3) n",
    "ANALYZE",
]


async def _timed(done: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await done
    return (time.perf_counter() - begun) * 1000


def _told(what: str, milliseconds: list[float]) -> str:
    p95 = statistics.quantiles(milliseconds, n=20)[-1]
    return f"{what}: p50 {statistics.median(milliseconds):.1f} ms, p95 {p95:.1f} ms of {len(milliseconds)}"


async def _measured(people: int, calls: int) -> list[str]:
    async with servers.database() as url, asyncpg.create_pool(url, min_size=1, max_size=4) as pool:
        bank = shipped_bank()
        await store_bank(pool, bank)
        for statement in SEED:
            await pool.execute(statement.format(people=people))
        parts = Parts.on(pool, encryption(), bank)
        refs = [PersonRef(user_ref=f"person{1 + n % people}") for n in range(calls)]
        for ref in refs[:5]:
            await parts.profiles.read_profile(ref)
        read = [await _timed(parts.profiles.read_profile(ref)) for ref in refs]
        moved = [await _timed(parts.profiles.read_evolution(ref)) for ref in refs]
        fold = [await _timed(parts.profiles.fold_analysis(await _answer(parts, pool, ref))) for ref in refs]
        rows = await pool.fetchval("SELECT count(*) FROM analysis_system.trait_evidence")
    return [
        f"{people} people of {SESSIONS} sessions with {ANSWERS} answers; {rows} rows of evidence for traits",
        _told("reading a profile", read),
        _told("reading how it moved", moved),
        _told("folding an answer", fold),
    ]


async def _answer(parts: Parts, pool: asyncpg.Pool, ref: PersonRef) -> AnalysisToFold:
    """A recorded answer, and what was read in it."""
    answer_id, now = str(uuid.uuid4()), datetime.now(UTC)
    session_id = await pool.fetchval(
        "SELECT session_id FROM onboarding_system.sessions WHERE user_ref = $1 ORDER BY opened_at DESC LIMIT 1",
        ref.user_ref,
    )
    await parts.sessions.record_answer(
        AnswerToRecord(
            answer_id=answer_id,
            session_id=str(session_id),
            user_ref=ref.user_ref,
            question_id="work-surface-01",
            locale=Locale.EN,
            addendum=False,
            messages=[HeardText(update_id=answer_id, text="I ask why, and I get up again.", heard_at=now)],
        )
    )
    return AnalysisToFold(
        answer_id=answer_id,
        user_ref=ref.user_ref,
        analysis=DeepAnalysis(
            traits=[TraitEvidence(trait=trait, score=0.7, confidence=0.3, quote="I ask why") for trait in Trait],
            dynamics=[DynamicEvidence(dynamic=Dynamic.RESILIENCE, score=0.7, confidence=0.3, quote="I get up again")],
            aspects=[AspectEvidence(aspect="stress_response", way="fight", confidence=0.3, quote="I get up")],
            patterns=[],
            insight=None,
            crisis=None,
            breakthrough=False,
            sentiment=0.3,
            analyst="rehearsed",
        ),
        analysed_at=now,
    )


def run(people: int = 300, calls: int = 300) -> None:
    """Measures, and prints medians and 95th percentiles."""
    for line in asyncio.run(_measured(people, calls)):
        Console().print(line)


if __name__ == "__main__":
    typer.run(run)
