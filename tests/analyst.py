"""An analyst for tests: the offline one, except where a test says otherwise of a text."""

from __future__ import annotations

import asyncio
from collections import Counter

from temporalio.exceptions import ApplicationError

from activities.ai.offline.analyst import OfflineAnalyst
from schema.analysis.names import provider_queue
from schema.analysis.readings import AnswerInContext, DeepAnalysis, InstantFeedback
from schema.analysis.routing import ModelRef, Tier
from workers.language_models import LanguageModel


class RehearsedAnalyst:
    """Behaves like a provider on a bad day, for answers that hold a given word."""

    def __init__(self) -> None:
        self._offline = OfflineAnalyst()
        self.model = LanguageModel(
            ModelRef(
                tier=Tier.STANDARD,
                company="Rehearsed",
                analyst="rehearsed/analyst",
                task_queue=provider_queue("rehearsed"),
            ),
            self,
        )
        """This analyst, as the workers serve it."""
        self.deep_readings: Counter[str] = Counter()
        self.down_for: set[str] = set()
        """Words whose answers fail, as with a provider that is down."""
        self.refused_for: set[str] = set()
        """Words whose answers it will not read."""
        self.speechless_for: set[str] = set()
        """Words whose answers get no instant feedback in time."""
        self.findings: dict[str, dict[str, object]] = {}
        """What the deep analysis finds beyond the offline one, by word."""

    def forget(self) -> None:
        """Forgets what a test said of its texts."""
        for words in (self.down_for, self.refused_for, self.speechless_for, self.findings):
            words.clear()

    async def warm_up(self) -> None:
        """It is always warm."""

    async def check(self) -> None:
        """It is always let in."""

    async def instant(self, answer: AnswerInContext) -> InstantFeedback:
        if _holds(answer, self.speechless_for):
            await asyncio.sleep(60)
        return await self._offline.instant(answer)

    async def deep(self, answer: AnswerInContext) -> DeepAnalysis:
        if _holds(answer, self.down_for):
            raise ConnectionError("the provider is down")
        if _holds(answer, self.refused_for):
            raise ApplicationError("the provider refused to read this answer", non_retryable=True)
        self.deep_readings[answer.text] += 1
        analysis = await self._offline.deep(answer)
        for word, found in self.findings.items():
            if word in answer.text:
                analysis = analysis.model_copy(update=found)
        return analysis


def _holds(answer: AnswerInContext, words: set[str]) -> bool:
    return any(word in answer.text for word in words)
