"""The Protocol of all analysts, offline or a language model."""

from __future__ import annotations

from typing import Protocol

from schema.analysis.readings import AnswerInContext, DeepAnalysis, InstantFeedback


class Withheld(Exception):
    """An analyst's reaction may not be said to the person."""


class Analyst(Protocol):
    """Analyses one answer: quickly for the person, deeply for the profile."""

    async def instant(self, answer: AnswerInContext) -> InstantFeedback:
        """A reaction within 1.5 s. Raises `Withheld` when it may not be said to the person."""
        ...

    async def deep(self, answer: AnswerInContext) -> DeepAnalysis:
        """A full reading; may take 10 s."""
        ...
