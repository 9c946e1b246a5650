"""Steady people are told of no change but by rare chance, and most who plainly change are told of it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.profile.simulated_people import (
    ANALYSTS,
    BAD_WEEK,
    BEGIN,
    END,
    KINDS,
    PAGE,
    RISING,
    STEADY,
    Analyst,
    Figures,
    Kind,
    measure,
    row,
    section,
    smallest_rises,
)

WRITTEN = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]

of_each_analyst = pytest.mark.parametrize("reader", ANALYSTS, ids=lambda reader: reader.name)


@of_each_analyst
def test_at_most_one_of_twenty_steady_people_is_told_of_a_change_or_pattern(reader: Analyst) -> None:
    figures = measure(STEADY, reader, runs=160)
    assert figures.false_alarms <= 0.05 * figures.runs


@of_each_analyst
def test_plain_risers_are_mostly_told_so_and_hardly_ever_anything_else_of_it(reader: Analyst) -> None:
    figures = measure(RISING[6], reader, runs=60)
    assert figures.ever["increasing"] > 0.7 * figures.runs
    assert figures.ever["changed"] > 0.7 * figures.runs
    assert not figures.ever["decreasing"]
    assert not figures.last["stable"]


def test_one_bad_week_is_hardly_ever_told() -> None:
    figures = measure(BAD_WEEK, ANALYSTS[0], runs=60)
    assert sum(figures.ever[told] for told in ("changed", "increasing", "decreasing", "oscillating")) <= 3


def test_of_two_answers_nothing_is_told() -> None:
    figures = measure(KINDS[-1], ANALYSTS[0], runs=60)
    assert not figures.ever


def test_the_page_says_what_the_program_writes() -> None:
    def no_figures(kind: Kind, analyst: Analyst) -> Figures:
        return Figures(runs=1, last=Counter(), ever=Counter(), hits=0, false_alarms=0)

    def words(text: str) -> str:
        return re.sub(r"\d[\d.]*", "#", text)

    assert words(WRITTEN) == words(section(no_figures))
    assert WRITTEN.endswith(smallest_rises())


@pytest.mark.long
@of_each_analyst
@pytest.mark.parametrize("kind", [STEADY, RISING[5]], ids=lambda kind: kind.name)
def test_the_page_has_the_figures_of_today(kind: Kind, reader: Analyst) -> None:
    assert f"| {' | '.join(row(kind, measure(kind, reader)))} |\n" in WRITTEN
