"""The activities that analyse answers: an instant reaction, and a deep analysis for the profile."""

from __future__ import annotations

from collections.abc import Mapping

from temporalio import activity

from activities.ai.analyst import Analyst, Withheld
from activities.ai.offline.analyst import OfflineAnalyst
from activities.analysis.answer_texts import AnswerTexts
from activities.analysis.served_tier import served
from schema.analysis.activities import AnswerAnalysis, AnswerToAnalyse
from schema.analysis.readings import AnswerInContext, DeepAnalysis, InstantFeedback
from schema.analysis.routing import Tier
from schema.errors import Undecipherable


class AnalysisActivities(AnswerAnalysis):
    """Reads answers from the database and passes them to the analyst of the requested tier."""

    def __init__(self, texts: AnswerTexts, analysts: Mapping[Tier, Analyst]) -> None:
        self._texts = texts
        self._analysts = analysts
        self._offline = OfflineAnalyst()

    @activity.defn
    async def instant_feedback(self, answer: AnswerToAnalyse) -> InstantFeedback:
        analyst = served(self._analysts, answer.tier)
        text = await self._readable(answer)
        try:
            return await analyst.instant(text)
        except Withheld:
            # The person waits, and another model would take the time that is left.
            return await self._offline.instant(text)

    @activity.defn
    async def reflect_offline(self, answer: AnswerToAnalyse) -> InstantFeedback:
        # The person waits for a reply, even if what they wrote is damaged.
        return await self._offline.instant(await self._texts.in_context(answer.answer_id, answer.locale))

    @activity.defn
    async def analyse_answer(self, answer: AnswerToAnalyse) -> DeepAnalysis:
        analyst = served(self._analysts, answer.tier)
        return await analyst.deep(await self._readable(answer))

    async def _readable(self, answer: AnswerToAnalyse) -> AnswerInContext:
        """Raises `AnswerGone`, or `Undecipherable` when nobody can read the answer any more."""
        text = await self._texts.in_context(answer.answer_id, answer.locale)
        if not text.text:
            raise Undecipherable("Nobody can read the answer any more")
        return text
