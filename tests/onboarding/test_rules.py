"""Trust, fatigue, evolution and folding: the other pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schema.analysis.readings import TraitEvidence
from schema.onboarding.activities import AskedQuestion
from schema.vocabulary import Depth, Domain, Energy, Evolution, Trait, Trust
from workflows.onboarding.rules import fatigue, trust
from workflows.profile.rules.big_five import fold, unknown
from workflows.profile.rules.evolution import evolution_of, is_significant

START = datetime(2026, 1, 1, tzinfo=UTC)


def answer(**came_of_it: object) -> AskedQuestion:
    return AskedQuestion.model_validate(
        {
            "nonce": "n",
            "question_id": "work-surface-01",
            "domain": Domain.WORK,
            "depth": Depth.SURFACE,
            "energy": Energy.OPENING,
            "outcome": "answered",
            "words": 30,
            "seconds": 60,
            **came_of_it,
        }
    )


def tiredness(asked: list[AskedQuestion], minutes: float = 5) -> tuple[float, str]:
    now = START + timedelta(minutes=minutes)
    score = fatigue.score(asked, START, now)
    return score, fatigue.advice(score, asked, START, now)


def test_taps_earn_no_trust() -> None:
    taps = [answer(sharing=0.02, words=1)] * 10 + [answer(outcome="skipped", sharing=0.9)] * 10
    assert trust.level_of(trust.points_of(taps)) is Trust.STRANGER


def test_open_answers_make_a_confidant_within_a_session() -> None:
    opened_up = [answer(sharing=0.6, depth=Depth.CONSCIOUS)] * 7
    assert trust.level_of(trust.points_of(opened_up)) >= Trust.CONFIDANT


@given(st.lists(st.floats(0, 1), max_size=20), st.floats(0, 1))
def test_trust_never_falls_by_one_more_answer(shared: list[float], more: float) -> None:
    asked = [answer(sharing=s) for s in shared]
    assert trust.points_of([*asked, answer(sharing=more)]) >= trust.points_of(asked)


def test_a_fresh_person_is_offered_nothing() -> None:
    assert tiredness([answer()] * 4) == (0.0, "none")


def test_saying_so_is_enough_for_the_offer_of_a_pause() -> None:
    assert tiredness([answer(), answer(tired=True)])[1] == "offer_pause"


def test_a_terse_person_is_not_tired_but_one_who_grows_terse_is() -> None:
    terse = [answer(words=4)] * 8
    growing_terse = [answer(words=60)] * 3 + [answer(words=4, outcome="answered")] * 5
    assert tiredness(terse)[0] == 0
    assert tiredness(growing_terse)[0] > 0.2


def test_one_skip_is_a_choice_and_several_are_a_sign() -> None:
    assert tiredness([answer(), answer(outcome="skipped")])[0] == 0
    assert tiredness([answer()] + [answer(outcome="skipped")] * 3)[0] >= 0.3


def test_saying_so_after_many_skips_suggests_an_end() -> None:
    asked = [*[answer(outcome="skipped")] * 3, answer(tired=True)]
    assert tiredness(asked)[1] == "suggest_end"


def test_two_strong_signs_pause_by_themselves() -> None:
    assert tiredness([answer(tired=True)], minutes=31)[1] == "pause"
    assert tiredness([answer()] * 3, minutes=31)[1] != "pause"


answers = st.lists(
    st.builds(
        answer,
        words=st.integers(0, 400),
        seconds=st.floats(0, 900),
        sentiment=st.none() | st.floats(-1, 1),
        tired=st.booleans(),
        outcome=st.sampled_from(["answered", "skipped", "open", "withdrawn"]),
    ),
    max_size=25,
)


@given(answers, st.floats(0, 120))
def test_fatigue_is_always_between_fresh_and_exhausted(asked: list[AskedQuestion], minutes: float) -> None:
    score, _ = tiredness(asked, minutes)
    assert 0 <= score <= 1


@given(answers, st.floats(0, 60), st.floats(0, 60))
def test_nobody_gets_fresher_by_sitting_longer(asked: list[AskedQuestion], minutes: float, more: float) -> None:
    assert tiredness(asked, minutes + more)[0] >= tiredness(asked, minutes)[0]


def test_evolution_in_words() -> None:
    assert evolution_of([0.5]) is Evolution.UNSETTLED
    assert evolution_of([0.3, 0.4, 0.5, 0.6]) is Evolution.INCREASING
    assert evolution_of([0.7, 0.6, 0.4]) is Evolution.DECREASING
    assert evolution_of([0.2, 0.8, 0.8, 0.2]) is Evolution.OSCILLATING
    assert evolution_of([0.50, 0.51, 0.52]) is Evolution.STABLE
    assert evolution_of([0.50, 0.58, 0.52]) is Evolution.UNSETTLED


@given(st.lists(st.floats(0, 1), min_size=3, max_size=30))
def test_a_mirrored_history_evolves_the_other_way(scores: list[float]) -> None:
    mirror = {Evolution.INCREASING: Evolution.DECREASING, Evolution.DECREASING: Evolution.INCREASING}
    there, back = evolution_of(scores), evolution_of([1 - s for s in scores])
    # At the very edge of a threshold, rounding may fall to either side.
    assert back is mirror.get(there, there) or Evolution.UNSETTLED in (there, back) or Evolution.STABLE in (there, back)


def test_a_change_of_more_than_a_fifth_is_significant() -> None:
    assert is_significant(0.5, 0.71)
    assert not is_significant(0.5, 0.7)


pieces = st.lists(
    st.builds(TraitEvidence, trait=st.just(Trait.OPENNESS), score=st.floats(0, 1), confidence=st.floats(0, 1)),
    min_size=1,
    max_size=20,
)


@given(pieces)
def test_a_trait_stays_within_its_bounds_and_confidence_only_grows(evidence: list[TraitEvidence]) -> None:
    level = unknown(Trait.OPENNESS)
    for piece in evidence:
        after = fold(level, [piece])
        assert 0 <= after.score <= 1
        assert level.confidence <= after.confidence + 1e-9 < 1 + 1e-9
        level = after


def test_one_answer_leans_a_trait_and_many_settle_it() -> None:
    high = TraitEvidence(trait=Trait.OPENNESS, score=1, confidence=0.3)
    once = fold(unknown(Trait.OPENNESS), [high])
    often = once
    for _ in range(20):
        often = fold(often, [high])
    assert 0.5 < once.score < 0.65
    assert once.confidence < 0.3
    assert often.score > 0.9
    assert often.confidence > 0.8
