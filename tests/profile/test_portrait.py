"""What a portrait says of a trait, and from how much: pure rules over evidence and objections."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from schema.vocabulary import Evolution, Trait
from workflows.profile.rules.big_five import Piece, portrait

FIRST_DAY = date(2026, 3, 1)


def piece(answer: int, score: float, confidence: float = 0.3, *, day: int = 0, asked: int | None = None) -> Piece:
    return Piece(
        trait=Trait.OPENNESS,
        score=score,
        confidence=confidence,
        answer_id=f"answer {answer}",
        asked=f"asking {answer if asked is None else asked}",
        day=FIRST_DAY + timedelta(days=day),
        analysed_at=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day, minutes=answer),
    )


pieces = st.lists(
    st.builds(
        lambda trait, answer, score, confidence, day: replace(piece(answer, score, confidence, day=day), trait=trait),
        st.sampled_from([Trait.OPENNESS, Trait.NEUROTICISM]),
        st.integers(0, 9),
        st.floats(0, 1),
        st.floats(0, 1),
        st.integers(0, 4),
    ),
    max_size=20,
)
answers = st.sets(st.integers(0, 9).map(lambda number: f"answer {number}"))


@given(pieces, answers, st.randoms(use_true_random=False))
def test_the_order_of_evidence_and_objections_does_not_matter(
    evidence: list[Piece], objected_to: set[str], chance: Random
) -> None:
    shuffled = chance.sample(evidence, len(evidence))
    assert portrait(shuffled, objected_to) == portrait(evidence, objected_to)


@given(pieces, answers)
def test_an_objection_leaves_the_portrait_as_if_nothing_had_been_read_in_that_answer(
    evidence: list[Piece], objected_to: set[str]
) -> None:
    assert portrait(evidence, objected_to) == portrait(p for p in evidence if p.answer_id not in objected_to)
    assert portrait(evidence, {p.answer_id for p in evidence}) == {}


@given(pieces)
def test_a_trait_stays_within_its_bounds_and_confidence_only_grows(evidence: list[Piece]) -> None:
    for steps in portrait(evidence).values():
        sure = [step.level.confidence for step in steps]
        assert sure == sorted(sure)
        assert all(0 <= step.level.score <= 1 and step.level.confidence < 1 for step in steps)
        assert [step.before for step in steps[1:]] == [step.level.score for step in steps[:-1]]


def test_one_answer_leans_a_trait_and_many_settle_it() -> None:
    steps = portrait(piece(n, 1) for n in range(21))[Trait.OPENNESS]
    assert 0.5 < steps[0].level.score < 0.65
    assert steps[0].level.confidence < 0.3
    assert steps[-1].level.score > 0.85
    assert steps[-1].level.confidence > 0.8
    assert steps[-1].level.evidence == 21


def test_what_is_added_to_an_answer_is_evidence_of_the_same_answer() -> None:
    steps = portrait([piece(1, 0.9), piece(2, 0.8, asked=1)])[Trait.OPENNESS]
    assert steps[-1].level.evidence == 1


def test_no_trait_moves_within_one_conversation() -> None:
    # "It grows" came of an estimate that left the middle as answers arrived.
    for scores in ([0.9] * 12, [0.1] * 12, [n / 11 for n in range(12)], [0.1, 0.9] * 6):
        evidence = [piece(n, score, 0.9) for n, score in enumerate(scores)]
        for heard in range(1, len(evidence) + 1):
            steps = portrait(evidence[:heard])[Trait.OPENNESS]
            assert steps[-1].level.evolution is Evolution.UNSETTLED
            assert not any(step.significant for step in steps)


def test_nor_does_it_when_each_day_says_the_same() -> None:
    steps = portrait(piece(n, 0.9, 0.9, day=n // 12) for n in range(144))[Trait.OPENNESS]
    assert steps[-1].level.evolution is Evolution.STABLE
    assert not any(step.significant for step in steps)


def test_it_moves_between_days_that_differ_by_more_than_chance() -> None:
    days = [piece(n, 0.2 + 0.6 * (n // 8) / 11, 0.9, day=n // 8) for n in range(96)]
    plainly = portrait(days)[Trait.OPENNESS][-1]
    assert plainly.level.evolution is Evolution.INCREASING
    assert plainly.significant
    hardly = portrait(day for day in days if day.answer_id.endswith("0"))[Trait.OPENNESS][-1]
    assert hardly.level.evolution is Evolution.UNSETTLED
    assert not hardly.significant
