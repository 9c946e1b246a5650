"""The layers of a profile in the database: folded once, kept with their history, explained, and taken back."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import pytest

from activities.profile.profile_store import PostgresProfileStore
from schema.analysis.readings import AspectEvidence, DeepAnalysis, DynamicEvidence, TraitEvidence
from schema.onboarding.activities import AnswerToRecord, HeardText, SessionOpened
from schema.person import PersonRef
from schema.profile.activities import AnalysisToFold, AnswerObjectedTo, ValueAskedAbout, ValueDenied, ValueExplained
from schema.profile.layers import Profile, ValueName
from schema.profile_vocabulary import Aspect, Dynamic, Facet, Layer
from schema.vocabulary import CrisisKind, Domain, Locale, Trait
from tests.activities.test_database import NOW, Someone
from tests.keys import encryption
from workers.bootstrap import Parts

TABLES = {
    Layer.BIG_FIVE: "big_five_traits",
    Layer.FACETS: "big_five_facets",
    Layer.CORE_DYNAMICS: "core_dynamics",
    Layer.ADAPTIVE_TRAITS: "adaptive_traits",
    Layer.DOMAIN_AFFINITIES: "domain_affinities",
    Layer.SIGNATURE: "unique_signatures",
}
IDEAS = TraitEvidence(
    trait=Trait.OPENNESS, facet="ideas", score=0.85, confidence=0.3, quote="I ask why", direction="high"
)
RISES = DynamicEvidence(
    dynamic=Dynamic.RESILIENCE, score=0.85, confidence=0.3, quote="I get up again", direction="high"
)
FREEZES = AspectEvidence(aspect=Aspect.STRESS_RESPONSE, way="freeze", confidence=0.4, quote="I freeze")


class Teller(Someone):
    """A person who tells of themselves over several sessions."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.told = 0
        self.day = 0

    async def begins(self, day: int = 0) -> None:
        self.day, self.session_id = day, str(uuid.uuid4())
        await self.parts.sessions.open_session(
            SessionOpened(
                session_id=self.session_id,
                user_ref=self.user_ref,
                locale=Locale.EN,
                opened_at=NOW + timedelta(days=day),
                readers=[],
            )
        )

    async def tells(
        self,
        *evidence: TraitEvidence | DynamicEvidence | AspectEvidence,
        question: str = "work-surface-01",
        text: str = "Well, I ask why, I freeze, and I get up again.",
        crisis: CrisisKind | None = None,
    ) -> str:
        """Answers a question, and has what was read in it folded; the answer's id."""
        answer_id = await self.answers(question, text)
        await self.is_read(answer_id, evidence, crisis)
        return answer_id

    async def answers(self, question: str, text: str) -> str:
        self.told += 1
        answer_id = str(uuid.uuid4())
        await self.parts.sessions.record_answer(
            AnswerToRecord(
                answer_id=answer_id,
                session_id=self.session_id,
                user_ref=self.user_ref,
                question_id=question,
                locale=Locale.EN,
                addendum=False,
                messages=[
                    HeardText(
                        update_id=f"u{self.told}",
                        text=text,
                        heard_at=NOW + timedelta(days=self.day, minutes=self.told),
                    )
                ],
            )
        )
        return answer_id

    async def is_read(
        self,
        answer_id: str,
        evidence: Sequence[TraitEvidence | DynamicEvidence | AspectEvidence],
        crisis: CrisisKind | None = None,
    ) -> None:
        await self.parts.profiles.fold_analysis(
            AnalysisToFold(
                answer_id=answer_id,
                user_ref=self.user_ref,
                analysis=DeepAnalysis(
                    traits=[e for e in evidence if isinstance(e, TraitEvidence)],
                    dynamics=[e for e in evidence if isinstance(e, DynamicEvidence)],
                    aspects=[e for e in evidence if isinstance(e, AspectEvidence)],
                    patterns=[],
                    insight=None,
                    crisis=crisis,
                    breakthrough=False,
                    sentiment=0.4,
                    analyst="rehearsed/model",
                ),
                analysed_at=NOW + timedelta(days=self.day, minutes=self.told, seconds=20),
            )
        )

    async def profile(self) -> Profile:
        return await self.parts.profiles.read_profile(PersonRef(user_ref=self.user_ref))

    async def denies(self, layer: Layer, name: str, day: int = 0) -> bool:
        return await self.parts.profiles.deny_value(
            ValueDenied(
                user_ref=self.user_ref,
                value=ValueName(layer=layer, name=name),
                denied_at=NOW + timedelta(days=day, hours=5),
            )
        )

    async def asks_why(self, layer: Layer, name: str) -> ValueExplained:
        return await self.parts.profiles.explain_value(
            ValueAskedAbout(user_ref=self.user_ref, value=ValueName(layer=layer, name=name), locale=Locale.EN)
        )

    async def rows(self, pool: asyncpg.Pool) -> dict[str, list[asyncpg.Record]]:
        """The rows of every layer."""
        return {
            layer: await pool.fetch(f"SELECT * FROM profiles_store.{table} WHERE user_ref = $1", self.user_ref)
            for layer, table in TABLES.items()
        }

    async def changes(self, pool: asyncpg.Pool, name: str) -> list[asyncpg.Record]:
        return await pool.fetch(
            "SELECT * FROM profiles_store.value_history WHERE user_ref = $1 AND name = $2 ORDER BY history_position",
            self.user_ref,
            name,
        )


@pytest.fixture
async def teller(parts: Parts) -> Teller:
    person = Teller(parts)
    await person.begins()
    return person


async def test_every_layer_is_folded_into_a_table_of_its_own(teller: Teller, pool: asyncpg.Pool) -> None:
    for question in ("work-surface-01", "work-surface-02", "work-surface-03"):
        await teller.tells(IDEAS, RISES, FREEZES, question=question)
    rows = await teller.rows(pool)
    assert [row["trait"] for row in rows[Layer.BIG_FIVE]] == [Trait.OPENNESS]
    assert [row["facet"] for row in rows[Layer.FACETS]] == [Facet.IDEAS]
    assert [row["dynamic"] for row in rows[Layer.CORE_DYNAMICS]] == [Dynamic.RESILIENCE]
    assert [row["domain"] for row in rows[Layer.DOMAIN_AFFINITIES]] == [Domain.WORK]
    for layer in (Layer.ADAPTIVE_TRAITS, Layer.SIGNATURE):
        assert [(row["aspect"], row["way"], row["leads"]) for row in rows[layer]] == [
            ("stress_response", "freeze", True)
        ]
    profile = await teller.profile()
    [openness], [resilience] = profile.traits, profile.dynamics
    assert (openness.score, resilience.score) == (
        rows[Layer.BIG_FIVE][0]["score"],
        rows[Layer.CORE_DYNAMICS][0]["score"],
    )
    assert {each.aspect: each.way for each in profile.signature}["stress_response"] == "freeze"


async def test_a_fold_touches_no_value_that_the_answer_does_not_speak_for(teller: Teller, pool: asyncpg.Pool) -> None:
    await teller.tells(IDEAS, FREEZES)
    before = await teller.rows(pool)
    await teller.tells(RISES, question="health-surface-01")
    after = await teller.rows(pool)
    for layer in (Layer.BIG_FIVE, Layer.FACETS, Layer.ADAPTIVE_TRAITS, Layer.SIGNATURE):
        assert after[layer] == before[layer]
    assert len(after[Layer.DOMAIN_AFFINITIES]) == 2
    assert [row["trigger_kind"] for row in await teller.changes(pool, "openness")] == ["answer"]


async def test_two_analyses_at_once_lose_nothing(teller: Teller, pool: asyncpg.Pool) -> None:
    questions = [f"{domain}-surface-01" for domain in ("work", "health", "money", "past", "future", "creativity")]
    answers = [await teller.answers(question, "I ask why.") for question in questions]
    await asyncio.gather(*(teller.is_read(answer, [IDEAS, RISES, FREEZES]) for answer in answers))
    profile = await teller.profile()
    assert [profile.traits[0].evidence, profile.dynamics[0].evidence, len(profile.affinities)] == [6, 6, 6]
    rows = await teller.rows(pool)
    assert rows[Layer.BIG_FIVE][0]["score"] == profile.traits[0].score
    assert len(await teller.changes(pool, "resilience")) == 6


async def test_an_analysis_that_comes_twice_changes_nothing(teller: Teller, pool: asyncpg.Pool) -> None:
    answer = await teller.tells(IDEAS, RISES, FREEZES)
    before = await teller.rows(pool)
    await teller.is_read(answer, [IDEAS, RISES, FREEZES])
    assert await teller.rows(pool) == before
    assert len(await teller.changes(pool, "openness")) == 1


async def test_history_tells_what_changed_and_why(teller: Teller, pool: asyncpg.Pool) -> None:
    first = await teller.tells(FREEZES)
    second = await teller.tells(FREEZES, question="health-surface-01")
    await teller.parts.profiles.object_to_answer(
        AnswerObjectedTo(answer_id=second, user_ref=teller.user_ref, objected_at=NOW + timedelta(hours=1))
    )
    await teller.denies(Layer.SIGNATURE, Aspect.STRESS_RESPONSE)
    told = [
        (row["trigger_kind"], row["answer_id"] and str(row["answer_id"]), row["old_way"], row["new_way"])
        for row in await teller.changes(pool, "stress_response")
        if row["layer"] == Layer.SIGNATURE
    ]
    assert told == [
        ("answer", first, None, None),
        ("answer", second, None, "freeze"),
        ("objection", second, "freeze", None),
        ("denial", None, None, None),
    ]


async def test_a_person_reads_their_own_words_behind_a_value(teller: Teller) -> None:
    await teller.tells(IDEAS, FREEZES)
    await teller.tells(IDEAS.model_copy(update={"quote": "I read at night"}), question="health-surface-01")
    why = await teller.asks_why(Layer.BIG_FIVE, Trait.OPENNESS)
    assert [reason.quote for reason in why.reasons] == ["I read at night", "I ask why"]
    assert why.reasons[0].question
    assert why.reasons == (await teller.asks_why(Layer.FACETS, Facet.IDEAS)).reasons
    assert [r.quote for r in (await teller.asks_why(Layer.ADAPTIVE_TRAITS, "stress_response")).reasons] == ["I freeze"]
    assert (await teller.asks_why(Layer.SIGNATURE, Aspect.LOVE_LANGUAGE)).reasons == []
    dear = (await teller.asks_why(Layer.DOMAIN_AFFINITIES, Domain.WORK)).reasons
    assert [reason.quote for reason in dear] == ["Well, I ask why, I freeze, and I get up again."]


async def test_words_of_a_crisis_and_of_an_objection_are_no_reasons(teller: Teller) -> None:
    missed = await teller.tells(IDEAS)
    await teller.parts.profiles.object_to_answer(
        AnswerObjectedTo(answer_id=missed, user_ref=teller.user_ref, objected_at=NOW)
    )
    await teller.tells(IDEAS, question="health-surface-01", crisis=CrisisKind.ABUSE)
    assert (await teller.asks_why(Layer.BIG_FIVE, Trait.OPENNESS)).reasons == []
    assert (await teller.asks_why(Layer.DOMAIN_AFFINITIES, Domain.HEALTH)).reasons == []


async def test_many_reasons_are_counted_and_the_latest_shown(teller: Teller) -> None:
    domains = ("work", "health", "money", "past", "future", "creativity")
    for n in range(13):
        quote = f"I ask why {n}"
        await teller.tells(
            IDEAS.model_copy(update={"quote": quote}), question=f"{domains[n % 6]}-surface-0{n // 6 + 1}"
        )
    why = await teller.asks_why(Layer.BIG_FIVE, Trait.OPENNESS)
    assert (len(why.reasons), why.more, why.reasons[0].quote) == (10, 3, "I ask why 12")


async def test_what_is_denied_is_gone_with_its_reasons_and_what_is_said_later_counts(
    teller: Teller, pool: asyncpg.Pool
) -> None:
    await teller.tells(IDEAS, RISES)
    late = await teller.answers("health-surface-01", "I ask why.")
    assert await teller.denies(Layer.BIG_FIVE, Trait.OPENNESS)
    # A second time there is nothing left to deny; the same request that comes again finds itself done.
    assert await teller.denies(Layer.BIG_FIVE, Trait.OPENNESS)
    assert not await teller.denies(Layer.BIG_FIVE, Trait.OPENNESS, day=1)
    # Said before, read after.
    await teller.is_read(late, [IDEAS])
    assert (await teller.profile()).traits == []
    assert (await teller.rows(pool))[Layer.BIG_FIVE] == []
    assert (await teller.asks_why(Layer.BIG_FIVE, Trait.OPENNESS)).reasons == []
    assert [level.dynamic for level in (await teller.profile()).dynamics] == [Dynamic.RESILIENCE]
    await teller.begins(day=2)
    await teller.tells(IDEAS)
    assert [level.evidence for level in (await teller.profile()).traits] == [1]


async def test_a_way_that_was_only_in_a_missed_answer_leaves_the_distribution(
    teller: Teller, pool: asyncpg.Pool
) -> None:
    missed = await teller.tells(FREEZES.model_copy(update={"way": "flight"}))
    await teller.tells(FREEZES, question="health-surface-01")
    assert len((await teller.rows(pool))[Layer.SIGNATURE]) == 2
    await teller.parts.profiles.object_to_answer(
        AnswerObjectedTo(answer_id=missed, user_ref=teller.user_ref, objected_at=NOW)
    )
    assert [row["way"] for row in (await teller.rows(pool))[Layer.SIGNATURE]] == ["freeze"]


async def test_a_skipped_question_counts_in_its_domain(teller: Teller, pool: asyncpg.Pool) -> None:
    for position, question in enumerate(["money-surface-01", "work-surface-01"]):
        await pool.execute(
            "INSERT INTO onboarding_system.asked_questions VALUES ($1, $2, $3, $4, 'ENTRY', $5)",
            teller.session_id,
            position,
            teller.user_ref,
            question,
            NOW,
        )
    await teller.tells(IDEAS)
    told = {affinity.domain: (affinity.evidence, affinity.skips) for affinity in (await teller.profile()).affinities}
    assert told == {Domain.WORK: (1, 0), Domain.MONEY: (0, 1)}


async def test_levels_over_time_have_an_estimate_for_each_session(teller: Teller) -> None:
    for day in (0, 40, 80):
        await teller.begins(day)
        await teller.tells(IDEAS)
        await teller.tells(IDEAS, question="health-surface-01")
    await teller.tells(RISES, question="money-surface-01")
    moved = await teller.parts.profiles.read_evolution(PersonRef(user_ref=teller.user_ref))
    [openness] = moved.values
    assert openness.value == ValueName(layer=Layer.BIG_FIVE, name="openness")
    assert [estimate.at - NOW for estimate in openness.estimates] == [timedelta(days=day) for day in (0, 40, 80)]
    assert all(estimate.error > 0 and not estimate.changed for estimate in openness.estimates)


async def test_evidence_of_the_release_before_fills_the_layers_that_it_had_no_tables_for(
    teller: Teller, pool: asyncpg.Pool
) -> None:
    await teller.tells(IDEAS)
    for table in TABLES.values():
        await pool.execute(f"DELETE FROM profiles_store.{table} WHERE user_ref = $1", teller.user_ref)
    profile = await teller.profile()
    assert [facet.facet for facet in profile.traits[0].facets] == [Facet.IDEAS]
    assert [affinity.domain for affinity in profile.affinities] == [Domain.WORK]


async def test_how_fast_evidence_ages_is_a_setting(parts: Parts, worker_pool: asyncpg.Pool) -> None:
    quickly = PostgresProfileStore(worker_pool, encryption().columns, timedelta(days=10))
    teller = Teller(parts)
    await teller.begins()
    await teller.tells(IDEAS.model_copy(update={"score": 0.1}))
    await teller.begins(day=100)
    await teller.tells(IDEAS)
    ref = PersonRef(user_ref=teller.user_ref)
    [slow], [quick] = (await parts.profiles.read_profile(ref)).traits, (await quickly.read_profile(ref)).traits
    assert slow.score < quick.score
    assert slow.confidence > quick.confidence
