"""Puts days that have been into words, the same in every channel. All are days at Greenwich."""

from __future__ import annotations

from datetime import UTC, datetime

from babel.dates import format_date

from gateway.presentation.texts.texts import Texts


def day(moment: datetime, texts: Texts) -> str:
    """Names a day in full: "12 March 2026"."""
    return format_date(moment.astimezone(UTC), "d MMMM y", locale=texts.locale.value)


def short_day(moment: datetime, texts: Texts) -> str:
    """Names a day in little room: "12 Mar 2026"."""
    return format_date(moment.astimezone(UTC), "d MMM y", locale=texts.locale.value)
