"""The hours in which a person may be written to, however they name them."""

from __future__ import annotations

import pytest

from gateway.presentation.time_zones import hours_named
from schema.coaching.agreements import HoursAwake


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        *(("9-21", (9, 21)), ("9 – 21", (9, 21)), ("8:00-22:00", (8, 22)), ("10 18", (10, 18)), ("0-24", (0, 24))),
        *(("from 8 to 20", (8, 20)), ("9am - 9pm", (9, 21)), ("с 7 до 23", (7, 23)), ("12pm to 6pm", (12, 18))),
    ],
)
def test_hours_of_a_day(words: str, hours: tuple[int, int]) -> None:
    assert hours_named(words) == HoursAwake(wakes_at=hours[0], sleeps_at=hours[1])


@pytest.mark.parametrize("words", ["", "9", "21-9", "9-9", "9-25", "at night", "9.30-21", "1-2-3", "9-21 please"])
def test_what_names_none(words: str) -> None:
    assert hours_named(words) is None
