"""What a profile says, and from how much: pure rules over readings, objections and denials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.profile_vocabulary import Aspect, Facet, Layer
from schema.vocabulary import Domain, Trait
from workflows.profile.rules.affinity import Skipped, Spoken, heard
from workflows.profile.rules.distributions import DistributionValue
from workflows.profile.rules.levels import HALF_LIFE, LevelValue
from workflows.profile.rules.merge import merge
from workflows.profile.rules.portrait import layers
from workflows.profile.rules.readings import Reading, ValueKey, of_trait, speaks_for

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
OPENNESS = ValueKey(Layer.BIG_FIVE, "openness")
UNDER_STRESS = ValueKey(Layer.SIGNATURE, "stress_response")
LATELY_UNDER_STRESS = ValueKey(Layer.ADAPTIVE_TRAITS, "stress_response")


def reading(
    answer: int,
    score: float = 1,
    confidence: float = 0.3,
    *,
    of: tuple[ValueKey, ...] = (OPENNESS,),
    way: str = "",
    day: int = 0,
    asked: int | None = None,
) -> Reading:
    return Reading(
        speaks_for=of,
        score=score,
        confidence=confidence,
        answer_id=f"answer {answer}",
        asked=f"asking {answer if asked is None else asked}",
        occasion=f"session of day {day}",
        began_at=BEGAN + timedelta(days=day),
        said_at=BEGAN + timedelta(days=day, minutes=answer),
        way=way,
    )


def level(readings: list[Reading], key: ValueKey = OPENNESS) -> LevelValue:
    value = merge(readings)[key]
    assert isinstance(value, LevelValue)
    return value


def ways(*shown: str, confidence: float = 0.4, day: int = 0) -> list[Reading]:
    of = speaks_for(Layer.SIGNATURE, Aspect.STRESS_RESPONSE, None)
    return [reading(n + 100 * day, 1, confidence, of=of, way=way, day=day) for n, way in enumerate(shown)]


def distribution(readings: list[Reading], key: ValueKey = UNDER_STRESS) -> DistributionValue:
    value = merge(readings)[key]
    assert isinstance(value, DistributionValue)
    return value


OF = (
    (of_trait("openness", "ideas"), ("",)),
    (of_trait("openness", "values"), ("",)),
    (of_trait("neuroticism", None), ("",)),
    (speaks_for(Layer.CORE_DYNAMICS, "resilience", None), ("",)),
    (speaks_for(Layer.SIGNATURE, "stress_response", None), ("freeze", "flight")),
    (speaks_for(Layer.SIGNATURE, "love_language", None), ("time", "touch")),
    (speaks_for(Layer.ADAPTIVE_TRAITS, "pace_of_change", None), ("slow", "quick")),
)

readings = st.lists(
    st.sampled_from(OF).flatmap(
        lambda of: st.builds(
            lambda answer, score, confidence, day, way: reading(answer, score, confidence, of=of[0], day=day, way=way),
            st.integers(0, 9),
            st.floats(0, 1),
            st.floats(0.01, 1),
            st.integers(0, 400),
            st.sampled_from(of[1]),
        )
    ),
    max_size=25,
)
answers = st.sets(st.integers(0, 9).map(lambda number: f"answer {number}"))
denials = st.dictionaries(
    st.sampled_from([key for of, _ in OF for key in of]), st.integers(0, 400).map(lambda day: BEGAN + timedelta(day))
)


@given(readings, answers, denials, st.randoms(use_true_random=False))
def test_the_order_of_evidence_objections_and_denials_does_not_matter(
    evidence: list[Reading], objected_to: set[str], denied: dict[ValueKey, datetime], chance: Random
) -> None:
    shuffled = chance.sample(evidence, len(evidence))
    later_first = dict(reversed(denied.items()))
    assert merge(shuffled, objected_to=objected_to, denied=later_first) == merge(
        evidence, objected_to=objected_to, denied=denied
    )


@given(readings, readings, denials)
def test_new_evidence_leaves_what_it_does_not_speak_for_as_it_was(
    old: list[Reading], new: list[Reading], denied: dict[ValueKey, datetime]
) -> None:
    touched = {value for each in new for value in each.speaks_for}
    before, after = merge(old, denied=denied), merge([*old, *new], denied=denied)
    assert {key: value for key, value in after.items() if key not in touched} == {
        key: value for key, value in before.items() if key not in touched
    }


@given(readings, answers)
def test_an_objection_leaves_the_profile_as_if_nothing_had_been_read_in_that_answer(
    evidence: list[Reading], objected_to: set[str]
) -> None:
    assert merge(evidence, objected_to=objected_to) == merge(r for r in evidence if r.answer_id not in objected_to)
    assert merge(evidence, objected_to={f"answer {n}" for n in range(10)}) == {}


@given(readings, st.sampled_from([key for of, _ in OF for key in of]))
def test_a_denied_value_is_gone_with_all_that_was_said_for_it(evidence: list[Reading], key: ValueKey) -> None:
    after = merge(evidence, denied={key: BEGAN + timedelta(days=999)})
    assert key not in after
    assert after == merge(r for r in evidence if key not in r.speaks_for)


def test_what_is_said_after_a_denial_counts_anew() -> None:
    old, new = reading(1, 1, day=0), reading(2, 0.2, day=10)
    assert merge([old, new], denied={OPENNESS: BEGAN + timedelta(days=5)}) == merge([new])


def test_who_denies_a_facet_takes_its_words_out_of_the_trait_and_no_others() -> None:
    ideas, values = reading(1, of=of_trait("openness", "ideas")), reading(2, of=of_trait("openness", "values"))
    denied = {ValueKey(Layer.FACETS, "ideas"): BEGAN + timedelta(days=1)}
    assert merge([ideas, values], denied=denied) == merge([values])


@given(readings)
def test_values_stay_within_their_bounds(evidence: list[Reading]) -> None:
    for value in merge(evidence).values():
        assert 0 <= value.confidence < 1
        if isinstance(value, LevelValue):
            assert 0 <= value.score <= 1
        else:
            assert all(0 < share <= 1 for share in value.shares.values())
            assert sum(value.shares.values()) <= 1.001
            assert list(value.shares.values()) == sorted(value.shares.values(), reverse=True)


def test_one_answer_leans_a_trait_and_many_settle_it() -> None:
    one = level([reading(0)])
    assert 0.5 < one.score < 0.65
    assert one.confidence < 0.3
    many = level([reading(n) for n in range(21)])
    assert many.score > 0.85
    assert many.confidence > 0.8
    assert many.answers == 21


def test_what_is_added_to_an_answer_is_evidence_of_the_same_answer() -> None:
    assert level([reading(1, 0.9), reading(2, 0.8, asked=1)]).answers == 1


def test_what_is_old_weighs_less_and_after_a_half_life_half() -> None:
    days = HALF_LIFE // timedelta(days=1)
    old, new = [reading(n, 0, 0.5) for n in range(4)], [reading(n + 10, 1, 0.5, day=days) for n in range(4)]
    aged = level([*old, *new])
    # 2 of weight at the high end, 1 at the low end, and the 1 of a beginner in the middle.
    assert aged.score == pytest.approx((2 + 0.5) / 4, abs=0.001)
    assert aged.confidence == pytest.approx(3 / 4, abs=0.001)


def test_a_facet_counts_for_its_trait_and_for_itself() -> None:
    [trait] = layers(merge([reading(1, of=of_trait("openness", "ideas"))])).traits
    assert (trait.trait, [facet.facet for facet in trait.facets]) == (Trait.OPENNESS, [Facet.IDEAS])
    assert trait.score == trait.facets[0].score
    # What no facet of the trait is, is evidence for the trait alone.
    [trait] = layers(merge([reading(1, of=of_trait("openness", "warmth"))])).traits
    assert trait.facets == []


def test_every_facet_has_its_trait() -> None:
    assert [facet.trait for facet in Facet] == [trait for trait in Trait for _ in range(6)]


def test_a_way_is_told_only_when_it_clearly_leads() -> None:
    # One answer shows no way, nor do two hints; two plain words do, and so do many hints.
    assert distribution(ways("freeze")).leads is None
    assert distribution(ways("freeze", "freeze", confidence=0.15)).leads is None
    assert distribution(ways("freeze", "freeze")).leads == "freeze"
    assert distribution(ways(*["freeze"] * 5, confidence=0.15)).leads == "freeze"
    assert distribution(ways("freeze", "freeze", "freeze", "flight", "flight")).leads is None
    # However sure of it an analyst is: one answer shows no way.
    assert distribution(ways("freeze", confidence=1)).leads is None


def test_in_a_signature_old_and_new_count_alike_and_what_adapts_follows_what_is_new() -> None:
    shown = [*ways("freeze", "freeze", "freeze", "freeze"), *ways("flight", "flight", "flight", day=720)]
    assert distribution(shown).leads is None
    assert distribution(shown, LATELY_UNDER_STRESS).leads == "flight"


def test_an_aspect_that_only_a_later_release_knows_is_kept_among_what_adapts() -> None:
    of = speaks_for(Layer.ADAPTIVE_TRAITS, "pace_of_change", None)
    assert of == (ValueKey(Layer.ADAPTIVE_TRAITS, "pace_of_change"),)
    drawn = layers(merge(reading(n, 1, 0.5, of=of, way="slow") for n in range(4)))
    assert drawn.adaptive[-1].aspect == "pace_of_change"
    assert drawn.adaptive[-1].way == "slow"
    assert drawn.signature == []


def test_an_aspect_of_which_nothing_is_known_says_so_beside_those_that_are() -> None:
    drawn = layers(merge(ways("freeze", "freeze", "freeze"))).signature
    assert {level.aspect: level.way for level in drawn} == {
        "thinking_style": None,
        "decision_pattern": None,
        "energy_rhythm": None,
        "learning_edge": None,
        "love_language": None,
        "stress_response": "freeze",
    }


# Domains


def spoken(answer: int, domain: Domain, words: int, sentiment: float, *, asked: int | None = None) -> Spoken:
    asking = f"asking {answer if asked is None else asked}"
    at = BEGAN + timedelta(minutes=answer)
    return Spoken(domain, words, sentiment, f"answer {answer}", asking, "session", BEGAN, at)


def skipped(answer: int, domain: Domain) -> Skipped:
    return Skipped(domain, f"asking {answer}", "session", BEGAN, BEGAN + timedelta(minutes=answer))


def dear(said: list[Spoken], went_past: list[Skipped]) -> list[tuple[Domain, int, int]]:
    found = layers(merge(heard(said, went_past))).affinities
    return [(affinity.domain, affinity.evidence, affinity.skips) for affinity in found]


def test_the_domain_of_which_a_person_speaks_long_and_warmly_comes_first() -> None:
    said = [
        spoken(1, Domain.WORK, 60, 0.0),
        spoken(2, Domain.CREATIVITY, 60, 0.8),
        spoken(3, Domain.MONEY, 4, 0.0),
        spoken(4, Domain.PAST, 60, -0.8),
    ]
    assert dear(said, [skipped(5, Domain.FUTURE)]) == [
        (Domain.CREATIVITY, 1, 0),
        (Domain.WORK, 1, 0),
        (Domain.PAST, 1, 0),
        (Domain.MONEY, 1, 0),
        (Domain.FUTURE, 0, 1),
    ]


def test_what_is_added_to_an_answer_makes_it_longer_and_no_second_one() -> None:
    assert dear([spoken(1, Domain.WORK, 20, 0.5), spoken(2, Domain.WORK, 20, 0.5, asked=1)], []) == [
        (Domain.WORK, 1, 0)
    ]


def test_a_skip_takes_from_its_own_domain_alone() -> None:
    said = [spoken(1, Domain.WORK, 30, 0.4), spoken(2, Domain.HEALTH, 30, 0.4)]
    before = merge(heard(said, []))
    after = merge(heard(said, [skipped(3, Domain.WORK)]))
    work, health = (ValueKey(Layer.DOMAIN_AFFINITIES, domain) for domain in (Domain.WORK, Domain.HEALTH))
    assert after[health] == before[health]
    lower, higher = after[work], before[work]
    assert isinstance(lower, LevelValue)
    assert isinstance(higher, LevelValue)
    assert lower.score < higher.score


@given(st.integers(0, 500), st.floats(-1, 1), st.integers(0, 500))
def test_more_words_of_the_same_warmth_are_never_less_dear(words: int, sentiment: float, more: int) -> None:
    def score(count: int) -> float:
        [of_it] = heard([spoken(1, Domain.WORK, count, sentiment)], [])
        assert 0 <= of_it.score <= 1
        return of_it.score

    assert score(words) <= score(words + more)
