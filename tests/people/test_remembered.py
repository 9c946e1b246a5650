"""What the offline coach knows of what people told it over five weeks, and that it makes up nothing."""

from __future__ import annotations

from collections import Counter

import asyncpg
import pytest

from activities.safety.second_net import Net
from schema.vocabulary import Locale
from tests.people.remembered import WINDOW, Outcome, answers, forgotten, people

# Of fifty, and of twenty: how many are answered rightly at least, and wrongly at most.
FLOORS = {
    ("tuned", Locale.EN): (42, 3),
    ("tuned", Locale.RU): (42, 2),
    ("fresh", Locale.EN): (6, 4),
    ("fresh", Locale.RU): (10, 2),
}
FORGOTTEN = {"tuned": 4, "fresh": 1}
"""Of five, and of two, requests to forget: so many at least are granted."""


@pytest.mark.parametrize(("locale", "name"), [(Locale.EN, "en_raymond"), (Locale.RU, "ru_sasha")])
async def test_what_was_told_in_the_first_week_is_known_in_the_fifth(
    worker_pool: asyncpg.Pool, net: Net, locale: Locale, name: str
) -> None:
    (who,) = [each for each in people(locale) if each.name == name]
    outcomes = Counter(answer.outcome for answer in await answers(worker_pool, net, locale, who, last=None))
    assert outcomes[Outcome.WRONG] == 0
    assert outcomes[Outcome.RIGHT] >= 4


@pytest.mark.long
@pytest.mark.parametrize(("half", "locale"), list(FLOORS))
async def test_more_is_known_than_by_a_coach_that_sees_twenty_messages(
    worker_pool: asyncpg.Pool, net: Net, half: str, locale: Locale
) -> None:
    counts = dict[int | None, Counter[Outcome]]()
    for last in (WINDOW, None):
        found = [a for who in people(locale, half) for a in await answers(worker_pool, net, locale, who, last=last)]
        counts[last] = Counter(answer.outcome for answer in found)
    fewest_right, most_wrong = FLOORS[half, locale]
    assert counts[None].total() == (50 if half == "tuned" else 20)
    assert forgotten(found)[0] >= FORGOTTEN[half]
    assert counts[None][Outcome.RIGHT] >= max(fewest_right, counts[WINDOW][Outcome.RIGHT])
    assert counts[None][Outcome.WRONG] <= most_wrong
