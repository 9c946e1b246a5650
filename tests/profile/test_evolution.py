"""What is said of how a value has changed: only what chance, one bad week or a mood can't say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.vocabulary import Evolution
from workflows.profile.rules.evolution import (
    SPREAD,
    STATE,
    OccasionEstimate,
    estimate_of,
    evolution_of,
    has_changed,
)

FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
MIRRORED = {Evolution.INCREASING: Evolution.DECREASING, Evolution.DECREASING: Evolution.INCREASING}


def weekly(*scores: float, error: float = 0.01) -> list[OccasionEstimate]:
    return [OccasionEstimate(FIRST + timedelta(weeks=week), score, error) for week, score in enumerate(scores)]


@st.composite
def histories(draw: st.DrawFn, least: int = 0) -> list[OccasionEstimate]:
    """Histories of every length, rhythm and certainty, oldest first."""
    # A grid keeps rounding from deciding what mirrored and shifted histories are.
    grid = st.integers(0, 20).map(lambda step: step / 20)
    hours = draw(st.lists(st.integers(0, 9000), min_size=least, max_size=20, unique=True))
    return [
        OccasionEstimate(FIRST + timedelta(hours=hour), draw(grid), draw(st.sampled_from([0.02, 0.07, 0.13, 0.25])))
        for hour in sorted(hours)
    ]


def test_evolution_in_words() -> None:
    assert evolution_of([]) is Evolution.UNSETTLED
    assert evolution_of(weekly(0.5)) is Evolution.UNSETTLED
    assert evolution_of(weekly(0.1, 0.9)) is Evolution.UNSETTLED
    assert evolution_of(weekly(0.3, 0.4, 0.5, 0.6)) is Evolution.INCREASING
    assert evolution_of(weekly(0.7, 0.6, 0.5)) is Evolution.DECREASING
    assert evolution_of(weekly(0.2, 0.8, 0.8, 0.2)) is Evolution.OSCILLATING
    assert evolution_of(weekly(0.50, 0.51, 0.50, 0.51)) is Evolution.STABLE
    assert evolution_of(weekly(0.50, 0.62, 0.50, 0.62)) is Evolution.UNSETTLED


@pytest.mark.parametrize(
    "scores", [(0.3, 0.4, 0.5, 0.6), (0.7, 0.6, 0.5), (0.2, 0.8, 0.8, 0.2), (0.50, 0.51, 0.50, 0.51)]
)
def test_what_may_be_chance_is_no_pattern_and_no_change(scores: tuple[float, ...]) -> None:
    assert evolution_of(weekly(*scores, error=0.25)) is Evolution.UNSETTLED
    assert not has_changed(weekly(*scores, error=0.25))


def test_a_trend_is_one_over_time_not_over_the_number_of_sessions() -> None:
    # Six sessions in the first week see a rise of .25; then nothing moves for half a year.
    hurried = [OccasionEstimate(FIRST + timedelta(days=day), 0.4 + day * 0.05, 0.01) for day in range(6)]
    calm = [OccasionEstimate(FIRST + timedelta(weeks=week), 0.65, 0.01) for week in range(2, 28, 4)]
    assert evolution_of(hurried) is Evolution.INCREASING
    assert evolution_of(hurried + calm) is Evolution.UNSETTLED
    assert evolution_of(weekly(*(estimate.score for estimate in hurried + calm))) is Evolution.INCREASING


def test_a_change_is_told_above_a_fifth_and_beyond_chance() -> None:
    assert has_changed(weekly(*[0.5] * 3, *[0.71] * 3))
    assert has_changed(weekly(*[0.5] * 3, *[0.29] * 3))
    assert not has_changed(weekly(*[0.5] * 3, *[0.7] * 3))
    assert not has_changed(weekly(*[0.5] * 3, *[0.71] * 3, error=0.1))
    assert has_changed(weekly(*[0.5] * 30, *[0.71] * 30, error=0.1))


def test_who_came_back_to_where_they_were_has_changed_no_more() -> None:
    away = weekly(*[0.3] * 6, *[0.7] * 6)
    assert has_changed(away)
    assert not has_changed(weekly(*[0.3] * 6, *[0.7] * 2, *[0.3] * 12))


@given(st.integers(3, 60), st.data(), st.sampled_from([0.001, 0.01, 0.05, 0.1]))
def test_one_bad_week_is_neither_a_change_nor_a_pattern(weeks: int, data: st.DataObject, error: float) -> None:
    scores = [0.6] * weeks
    scores[data.draw(st.integers(0, weeks - 1))] = data.draw(st.floats(0, 1))
    assert not has_changed(weekly(*scores, error=error))
    assert evolution_of(weekly(*scores, error=error)) in (Evolution.STABLE, Evolution.UNSETTLED)


@given(histories())
def test_a_mirrored_history_evolves_the_other_way(history: list[OccasionEstimate]) -> None:
    mirrored = [replace(estimate, score=1 - estimate.score) for estimate in history]
    assert evolution_of(mirrored) is MIRRORED.get(evolution_of(history), evolution_of(history))
    assert has_changed(mirrored) is has_changed(history)


@given(histories(), st.timedeltas(timedelta(days=-9000), timedelta(days=9000)))
def test_when_it_all_happened_does_not_matter(history: list[OccasionEstimate], later: timedelta) -> None:
    shifted = [replace(estimate, at=estimate.at + later) for estimate in history]
    assert evolution_of(shifted) is evolution_of(history)
    assert has_changed(shifted) is has_changed(history)


@given(histories(), st.sampled_from([0.9, 0.5, 0.1]))
def test_surer_estimates_take_back_no_change(history: list[OccasionEstimate], surer: float) -> None:
    sure = [replace(estimate, error=estimate.error * surer) for estimate in history]
    if (told := evolution_of(history)) in (Evolution.INCREASING, Evolution.DECREASING):
        assert evolution_of(sure) is told
    if told is Evolution.OSCILLATING:
        assert evolution_of(sure) not in (Evolution.STABLE, Evolution.UNSETTLED)
    assert has_changed(sure) or not has_changed(history)


@given(histories(least=1))
def test_a_second_look_on_the_same_day_is_no_pattern(history: list[OccasionEstimate]) -> None:
    at_once = [replace(estimate, at=FIRST) for estimate in history]
    assert evolution_of(at_once) is Evolution.UNSETTLED


@given(histories())
def test_nothing_is_told_of_fewer_than_three_occasions(history: list[OccasionEstimate]) -> None:
    assert evolution_of(history[:2]) is Evolution.UNSETTLED
    assert not has_changed(history[:3])


readings = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=20)


@given(readings)
def test_an_estimate_lies_among_its_readings_and_is_never_surer_than_a_day(found: list[tuple[float, float]]) -> None:
    estimate = estimate_of(FIRST, found)
    if not any(confidence for _, confidence in found):
        assert estimate is None
        return
    assert estimate is not None
    assert estimate.at == FIRST
    counted = [score for score, confidence in found if confidence]
    assert min(counted) - 1e-9 <= estimate.score <= max(counted) + 1e-9
    assert STATE < estimate.error <= (STATE**2 + SPREAD**2) ** 0.5 + 1e-9


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 1)), min_size=1, max_size=20), st.floats(0.1, 1))
def test_confidence_alone_makes_no_estimate_surer(found: list[tuple[float, float]], share: float) -> None:
    much, little = estimate_of(FIRST, found), estimate_of(FIRST, [(score, c * share) for score, c in found])
    assert much is not None
    assert little is not None
    assert little.error == pytest.approx(much.error)
    assert little.score == pytest.approx(much.score)


def test_four_readings_are_twice_as_sure_as_one_but_for_the_day() -> None:
    one, four = estimate_of(FIRST, [(0.5, 0.3)]), estimate_of(FIRST, [(0.5, 0.3)] * 4)
    assert one is not None
    assert four is not None
    assert (one.error**2 - STATE**2) / (four.error**2 - STATE**2) == pytest.approx(4)
