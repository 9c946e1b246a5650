"""Which backups are kept: those of the last days, and of earlier times fewer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

DAILY, WEEKLY, MONTHLY = 7, 4, 12

Key = TypeVar("Key")


def kept(times: Collection[datetime]) -> set[datetime]:
    """Returns which backups are kept, by their times: the newest of each of the last 7 days, 4 weeks and 12 months.

    Only days, weeks and months in which there is a backup count. So nothing is lost by time alone, as when none could
    be made for long. Weeks and days are those of the times' own zone.
    """
    return (
        _newest_of_each(times, DAILY, lambda at: at.date())
        | _newest_of_each(times, WEEKLY, lambda at: at.isocalendar()[:2])
        | _newest_of_each(times, MONTHLY, lambda at: (at.year, at.month))
    )


def _newest_of_each(times: Collection[datetime], most: int, period: Callable[[datetime], Key]) -> set[datetime]:
    newest: dict[Key, datetime] = {}
    for at in sorted(times, reverse=True):
        newest.setdefault(period(at), at)
    return set(list(newest.values())[:most])
