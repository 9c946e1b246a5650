"""When a version that gets a part of the tasks is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.deploy.verdict import Fared, Look, fault

WELL = Fared(looked_at=100, held_up=1, ended=50, failed=1)


@pytest.mark.parametrize(
    ("new", "line"),
    [
        (Fared(looked_at=10, held_up=2), "2 of 10 workflows are held up, and 1 of 100 of the others"),
        (Fared(ended=10, failed=2), "2 of 10 workflows ended in failure, and 1 of 50 of the others"),
        (Fared(oldest_task=timedelta(seconds=6)), "a task has waited 6.0 s for a worker, and 0.0 s with the others"),
    ],
)
def test_a_version_that_does_clearly_worse_is_taken_back(new: Fared, line: str) -> None:
    assert fault(Look(new=new, old=WELL)) == line


def test_a_workflow_whose_code_fails_each_time_is_enough() -> None:
    look = Look(stopped={"onboarding-b": "NonDeterministicError", "onboarding-a": "Unhandled"}, new=WELL, old=WELL)
    assert fault(look) == "2 workflows can't go on, such as onboarding-a: Unhandled"


@pytest.mark.parametrize(
    ("new", "old"),
    [
        # By chance.
        (Fared(looked_at=5, held_up=1), Fared(looked_at=100)),
        # What is away is away for both.
        (Fared(looked_at=20, held_up=15), Fared(looked_at=80, held_up=60)),
        (Fared(oldest_task=timedelta(seconds=40)), Fared(oldest_task=timedelta(seconds=30))),
        # Nobody has anything to do.
        (Fared(), Fared()),
    ],
)
def test_it_goes_on_where_the_others_fare_no_better(new: Fared, old: Fared) -> None:
    assert fault(Look(new=new, old=old)) is None


counts = st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda two: (max(two), min(two)))


@given(counts, counts)
def test_nobody_is_taken_back_for_what_the_others_do_as_often(ours: tuple[int, int], theirs: tuple[int, int]) -> None:
    (looked_at, held_up), (others, others_held_up) = ours, theirs
    worse = fault(
        Look(
            new=Fared(looked_at=looked_at, held_up=held_up),
            old=Fared(looked_at=others, held_up=others_held_up),
        )
    )
    if worse:
        assert held_up > 1
        assert held_up / looked_at > 2 * others_held_up / max(others, 1)
    elif held_up > 1 and not others_held_up:
        pytest.fail("others have none, and this has more than one")
