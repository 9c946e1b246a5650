"""What the offline coach knows of what people told it over five weeks, and that it makes up nothing."""

from __future__ import annotations

from collections import Counter

import asyncpg
import pytest

from activities.safety.second_net import Net
from schema.vocabulary import Locale
from tests.people.remembered import WINDOW, Outcome, answers, people

# Of fifty: how many are answered rightly at least, and wrongly at most.
FLOORS = {Locale.EN: (30, 7), Locale.RU: (34, 3)}


@pytest.mark.parametrize(("locale", "name"), [(Locale.EN, "en_raymond"), (Locale.RU, "ru_sasha")])
async def test_what_was_told_in_the_first_week_is_known_in_the_fifth(
    worker_pool: asyncpg.Pool, net: Net, locale: Locale, name: str
) -> None:
    (who,) = [each for each in people(locale) if each.name == name]
    outcomes = Counter(answer.outcome for answer in await answers(worker_pool, net, locale, who, last=None))
    assert outcomes[Outcome.WRONG] == 0
    assert outcomes[Outcome.RIGHT] >= 4


@pytest.mark.long
@pytest.mark.parametrize("locale", list(Locale))
async def test_more_is_known_than_by_a_coach_that_sees_twenty_messages(
    worker_pool: asyncpg.Pool, net: Net, locale: Locale
) -> None:
    counts = dict[int | None, Counter[Outcome]]()
    for last in (None, WINDOW):
        found = [await answers(worker_pool, net, locale, who, last=last) for who in people(locale)]
        counts[last] = Counter(answer.outcome for each in found for answer in each)
    fewest_right, most_wrong = FLOORS[locale]
    assert counts[None].total() == 50
    assert counts[None][Outcome.RIGHT] >= max(fewest_right, counts[WINDOW][Outcome.RIGHT])
    assert counts[None][Outcome.WRONG] <= most_wrong
