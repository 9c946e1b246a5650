"""Estimates a person's fatigue. Signs are compared with the person's own first answers of the session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import fmean
from typing import Literal

from schema.onboarding.activities import AskedQuestion

Advice = Literal["none", "offer_pause", "suggest_end", "pause"]

# A baseline needs three answers, and the answers compared with it are three others.
_SAMPLE = 3


def score(asked: Sequence[AskedQuestion], started_at: datetime, now: datetime) -> float:
    """The fatigue, 0 fresh to 1 exhausted: the sum of all signs. No single sign reaches 1."""
    answered = [a for a in asked if a.outcome == "answered"]
    signs = (
        0.5 * _says_so(answered),
        0.4 * _skipping(asked),
        0.25 * _shrinking(answered),
        0.15 * _mood_falling(answered),
        0.15 * _hurrying(answered),
        _long_session(now - started_at),
        0.15 * (len(answered) > 10),
    )
    return round(min(1.0, sum(signs)), 3)


def advice(fatigue: float, asked: Sequence[AskedQuestion], started_at: datetime, now: datetime) -> Advice:
    """What to offer: a pause from 0.3, an end from 0.6; two strong signs together pause by themselves."""
    answered = [a for a in asked if a.outcome == "answered"]
    strong = (
        fatigue > 0.8,
        now - started_at > timedelta(minutes=30),
        len(answered) > 20,
        _says_so(answered) > 0,
    )
    if sum(strong) >= 2:
        return "pause"
    if fatigue >= 0.6:
        return "suggest_end"
    return "offer_pause" if fatigue >= 0.3 else "none"


def _says_so(answered: Sequence[AskedQuestion]) -> float:
    return float(any(a.tired for a in answered[-2:]))


def _skipping(asked: Sequence[AskedQuestion]) -> float:
    recent = [a for a in asked if a.outcome in ("answered", "skipped")][-4:]
    # One skip is a choice; two of four are a sign.
    skips = sum(a.outcome == "skipped" for a in recent)
    return skips / 4 if skips > 1 else 0.0


def _shrinking(answered: Sequence[AskedQuestion]) -> float:
    # A choice is short and quick for everybody, so it says nothing of the person's strength.
    written = [a for a in answered if not a.chosen]
    if len(written) < 2 * _SAMPLE:
        return 0.0
    before = fmean(a.words for a in written[:_SAMPLE])
    lately = fmean(a.words for a in written[-_SAMPLE:])
    return _clip((before - lately) / before) if before else 0.0


def _mood_falling(answered: Sequence[AskedQuestion]) -> float:
    moods = [a.sentiment for a in answered if a.sentiment is not None]
    if len(moods) < 2 * _SAMPLE:
        return 0.0
    return _clip(fmean(moods[:_SAMPLE]) - fmean(moods[-_SAMPLE:]))


def _hurrying(answered: Sequence[AskedQuestion]) -> float:
    paced = [a for a in answered if a.words and a.seconds and not a.chosen]
    if len(paced) < 2 * _SAMPLE:
        return 0.0
    before = fmean(a.seconds / a.words for a in paced[:_SAMPLE])
    lately = fmean(a.seconds / a.words for a in paced[-_SAMPLE:])
    return float(lately < before / 2)


def _long_session(length: timedelta) -> float:
    """0 up to 15 minutes, then 0.1 growing to 0.25 at 30 minutes and more."""
    minutes = length.total_seconds() / 60
    return 0.1 + 0.15 * _clip((minutes - 15) / 15) if minutes > 15 else 0.0


def _clip(value: float) -> float:
    return max(0.0, min(1.0, value))
