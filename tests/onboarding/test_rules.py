"""Trust and fatigue: the other pure rules of a session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schema.onboarding.activities import AskedQuestion
from schema.vocabulary import Depth, Domain, Energy, Trust
from workflows.onboarding.rules import fatigue, trust

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
