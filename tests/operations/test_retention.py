"""Which backups are kept, whenever they were made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workflows.operations.rules.retention import DAILY, MONTHLY, WEEKLY, kept

times = st.sets(
    st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)), max_size=60
)
BEGAN = datetime(2026, 11, 28, 3, tzinfo=UTC)


def each_day(days: int) -> list[datetime]:
    return [BEGAN + timedelta(days=day) for day in range(days)]


def test_of_two_years_of_daily_backups_there_stay_a_week_of_days_and_a_year_of_months() -> None:
    made = each_day(730)
    staying = sorted(kept(made), reverse=True)
    assert staying[:DAILY] == sorted(made, reverse=True)[:DAILY]
    # A week's and a month's newest may be a day's, too.
    assert DAILY + MONTHLY <= len(staying) + 2 <= DAILY + WEEKLY + MONTHLY + 2
    assert made[-1] - staying[-1] >= timedelta(days=330)


def test_days_in_which_nothing_ran_cost_no_backup() -> None:
    made = [BEGAN + timedelta(days=30 * month) for month in range(5)]
    assert kept(made) == set(made)


@given(times)
def test_the_newest_stays_and_no_more_than_promised(made: set[datetime]) -> None:
    staying = kept(made)
    assert staying <= made
    assert len(staying) <= DAILY + WEEKLY + MONTHLY
    assert not made or max(made) in staying


@given(times)
def test_each_of_the_last_days_weeks_and_months_has_its_newest(made: set[datetime]) -> None:
    staying = kept(made)
    for most, period in ((DAILY, "%Y-%m-%d"), (WEEKLY, "%G-%V"), (MONTHLY, "%Y-%m")):
        names = {at.strftime(period) for at in made}
        for name in sorted(names, reverse=True)[:most]:
            assert max(at for at in made if at.strftime(period) == name) in staying


@given(times)
def test_to_thin_out_day_by_day_comes_to_the_same_as_to_do_so_once(made: set[datetime]) -> None:
    left: set[datetime] = set()
    for at in sorted(made):
        left = kept(left | {at})
    assert left == kept(made)
