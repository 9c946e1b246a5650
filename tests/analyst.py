"""An analyst for tests: the offline one, except where a test says otherwise of a text."""

from __future__ import annotations

import asyncio
from collections import Counter

from activities.ai.offline.analyst import OfflineAnalyst
from schema.analysis import AnswerInContext, DeepAnalysis, InstantFeedback


class RehearsedAnalyst:
    """Behaves like a provider on a bad day, for answers that hold a given word."""

    def __init__(self) -> None:
        self._offline = OfflineAnalyst()
        self.deep_readings: Counter[str] = Counter()
        self.down_for: set[str] = set()
        """Words whose answers fail, as with a provider that is down."""
        self.speechless_for: set[str] = set()
        """Words whose answers get no instant feedback in time."""
        self.findings: dict[str, dict[str, object]] = {}
        """What the deep analysis finds beyond the offline one, by word."""

    async def instant(self, answer: AnswerInContext) -> InstantFeedback:
        if _holds(answer, self.speechless_for):
            await asyncio.sleep(60)
        return await self._offline.instant(answer)

    async def deep(self, answer: AnswerInContext) -> DeepAnalysis:
        if _holds(answer, self.down_for):
            raise ConnectionError("the provider is down")
        self.deep_readings[answer.text] += 1
        analysis = await self._offline.deep(answer)
        for word, found in self.findings.items():
            if word in answer.text:
                analysis = analysis.model_copy(update=found)
        return analysis


def _holds(answer: AnswerInContext, words: set[str]) -> bool:
    return any(word in answer.text for word in words)
