"""Notices that a person answers in very few words, and finds a choice easier."""

from __future__ import annotations

from collections.abc import Sequence

from schema.onboarding.activities import AskedQuestion

FEW_WORDS = 3
_LATELY = 3
_MOST = 2


def is_terse(asked: Sequence[AskedQuestion]) -> bool:
    """Whether most of the last answers in a person's own words, the newest among them, are of few words.

    A choice says nothing of how somebody writes, and a skipped question is no answer. Who has just spoken of danger is
    heard out: few words may be all that they have.
    """
    answered = [a for a in asked if a.outcome == "answered"]
    if any(a.crisis or a.concern for a in answered[-_LATELY:]):
        return False
    few = [a.words <= FEW_WORDS for a in answered if not a.chosen][-_LATELY:]
    return few[-1:] == [True] and sum(few) >= _MOST
