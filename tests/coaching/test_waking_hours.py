"""When a person may be written to, by any clock of the world and any change of it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from workflows.coaching.rules.waking_hours import WakingHours

ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))
# A day has at least 4 waking hours, so no change of a clock can swallow all of them.
HOURS = st.integers(0, 20).flatmap(lambda wakes: st.tuples(st.just(wakes), st.integers(wakes + 4, 24)))


@given(ZONES, MOMENTS, HOURS)
def test_the_next_waking_moment_is_one_and_comes_soon(zone: ZoneInfo, moment: datetime, hours: tuple[int, int]) -> None:
    waking = WakingHours(zone, *hours)
    first = waking.first_from(moment)
    assert waking.include(first)
    assert moment <= first <= moment + timedelta(hours=50)
    assert (first == moment) is waking.include(moment)


@given(ZONES, MOMENTS, HOURS)
def test_the_next_day_begins_on_another_day(zone: ZoneInfo, moment: datetime, hours: tuple[int, int]) -> None:
    waking = WakingHours(zone, *hours)
    first = waking.first_after_day_of(moment)
    assert waking.include(first)
    assert waking.day_of(first) > waking.day_of(moment)


def test_a_clock_that_is_put_forward_or_back_at_night_changes_nothing_by_day() -> None:
    berlin = WakingHours(ZoneInfo("Europe/Berlin"))
    for day in (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)):
        first = berlin.first_from(day)
        assert first.astimezone(berlin.zone).hour == 9
        assert first.astimezone(berlin.zone).date() == (day + timedelta(days=1)).date()


def test_who_loses_a_day_at_the_date_line_is_written_to_on_the_next_one() -> None:
    apia = WakingHours(ZoneInfo("Pacific/Apia"))
    first = apia.first_from(datetime(2011, 12, 30, 9, 30, tzinfo=UTC))
    assert first.astimezone(apia.zone).date().isoformat() == "2011-12-31"


def test_zones_are_known_where_the_system_has_none() -> None:
    """As in slim images: Python then looks into the package `tzdata`."""
    known = "import zoneinfo; zoneinfo.ZoneInfo('Asia/Omsk')"
    subprocess.run([sys.executable, "-c", known], env={"PYTHONTZPATH": ""}, check=True)
