"""How dear a part of life is to a person: from how much and how warmly they speak of it, and from what they skip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import fsum
from operator import attrgetter

from workflows.profile.rules.readings import Reading, of_domain

# Half of the most that can be said, in words. Fixed, so that what is said of one domain moves no other.
_HALF = 25
_ANSWERED, _SKIPPED = 0.3, 0.15


@dataclass(frozen=True)
class Spoken:
    """One text to a question, as far as it tells of the question's domain."""

    domain: str
    words: int
    sentiment: float
    """-1 dark to 1 bright."""
    answer_id: str
    asked: str
    occasion: str
    began_at: datetime
    said_at: datetime


@dataclass(frozen=True)
class Skipped:
    """A question that the person went past."""

    domain: str
    asked: str
    occasion: str
    began_at: datetime
    said_at: datetime


def heard(spoken: Iterable[Spoken], skipped: Iterable[Skipped]) -> list[Reading]:
    """The readings of what was said and skipped: one for each asking."""
    texts = sorted(spoken, key=attrgetter("asked", "said_at", "answer_id"))
    return [
        *(_of_answer(list(of_one)) for _, of_one in groupby(texts, key=attrgetter("asked"))),
        *(
            Reading(of_domain(s.domain), 0.0, _SKIPPED, None, s.asked, s.occasion, s.began_at, s.said_at)
            for s in skipped
        ),
    ]


def _of_answer(texts: list[Spoken]) -> Reading:
    first, words = texts[0], sum(text.words for text in texts)
    # At least one word, so that an answer in signs alone has a mood.
    warmth = fsum(text.sentiment * max(text.words, 1) for text in texts) / sum(max(text.words, 1) for text in texts)
    score = (words / (words + _HALF) + (warmth + 1) / 2) / 2
    return Reading(
        of_domain(first.domain),
        score,
        _ANSWERED,
        first.answer_id,
        first.asked,
        first.occasion,
        first.began_at,
        first.said_at,
    )
