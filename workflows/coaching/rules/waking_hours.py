"""When a person may be written to unasked, by their own clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

_MOST_DAYS = 3
"""A clock that is put forward may skip a waking hour, or a whole day once in a century, but not several."""


class WakingHours(NamedTuple):
    """The hours of a day in which a person may be written to."""

    zone: tzinfo
    wakes_at: int = 9
    sleeps_at: int = 21
    """The first hour in which they may not."""

    def include(self, moment: datetime) -> bool:
        """Whether a moment lies in them."""
        return self.wakes_at <= moment.astimezone(self.zone).hour < self.sleeps_at

    def day_of(self, moment: datetime) -> date:
        """The day of a moment by the person's clock."""
        return moment.astimezone(self.zone).date()

    def first_from(self, moment: datetime) -> datetime:
        """The moment itself if it lies in them, else the next one that does."""
        if self.include(moment):
            return moment
        today = self.day_of(moment)
        begins = (self._begin(today + timedelta(days=days)) for days in range(_MOST_DAYS))
        return next(begin for begin in begins if begin > moment and self.include(begin))

    def first_after_day_of(self, moment: datetime) -> datetime:
        """Their beginning on the first day after that of a moment."""
        tomorrow = self.day_of(moment) + timedelta(days=1)
        return self.first_from(max(self._begin(tomorrow), moment))

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time(self.wakes_at), self.zone).astimezone(UTC)
