"""The analyst's desk: the activities that read answers."""

from __future__ import annotations

from temporalio import activity

from activities.ai.analyst import Analyst
from activities.ai.offline.analyst import OfflineAnalyst
from activities.database.sessions import AnswerTexts
from schema.activities import AnalystDesk, AnswerToAnalyse
from schema.analysis import DeepAnalysis, InstantFeedback


class Desk(AnalystDesk):
    """Reads answers from the database and gives them to an analyst. Without one, the offline analyst does all."""

    def __init__(self, texts: AnswerTexts, analyst: Analyst | None = None) -> None:
        self._texts = texts
        self._offline = OfflineAnalyst()
        self._analyst = analyst or self._offline

    @activity.defn
    async def instant_feedback(self, answer: AnswerToAnalyse) -> InstantFeedback:
        return await self._analyst.instant(await self._texts.in_context(answer.answer_id, answer.locale))

    @activity.defn
    async def reflect_offline(self, answer: AnswerToAnalyse) -> InstantFeedback:
        return await self._offline.instant(await self._texts.in_context(answer.answer_id, answer.locale))

    @activity.defn
    async def analyse_answer(self, answer: AnswerToAnalyse) -> DeepAnalysis:
        return await self._analyst.deep(await self._texts.in_context(answer.answer_id, answer.locale))
