"""The deep analysis of an answer: by the models of its route in turn, else offline; then folded into the profile.

Each model is one activity on its provider's task queue. So operators see in the Web UI which model read an answer, and
why the models before it failed.
"""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema import metrics
from schema.analysis.activities import AnswerAnalysis, AnswerToAnalyse
from schema.analysis.messages import RecordedAnswer
from schema.analysis.names import OFFLINE_QUEUE
from schema.analysis.readings import DeepAnalysis
from schema.analysis.routing import Tier
from schema.danger import Danger
from schema.errors import AnswerGone
from schema.profile.activities import AnalysisToFold, ProfileStore
from schema.safety.activities import AnswerToWeigh, SecondNet
from schema.vocabulary import Locale
from workflows import policies
from workflows.safety.second_net import weighed_late


async def analyse(answer: RecordedAnswer, user_ref: str, locale: Locale, label: str) -> DeepAnalysis:
    """Analyses one answer and folds it into the profile; `label` names the answer to operators, nothing personal.

    Where the second net was too slow while the person waited, it weighs the answer meanwhile: what it hears for sure is
    told as if the analysis had found it.

    Raises:
        ActivityError: the answer was erased meanwhile, or the database was down for a week.
    """
    weighing, begun = asyncio.create_task(_weighed(answer, label)), workflow.now()
    try:
        analysis = await _read_deeply(answer, locale, label)
        analysed = AnalysisToFold(
            answer_id=answer.answer_id, user_ref=user_ref, analysis=analysis, analysed_at=workflow.now()
        )
        await policies.DATABASE.run(ProfileStore.fold_analysis, analysed, summary=f"Fold {label} into the profile")
        metrics.ANALYSIS.record(workflow.now() - begun)
        danger = await weighing
    finally:
        weighing.cancel()
    if danger and danger.sure and not analysis.crisis:
        return analysis.model_copy(update={"crisis": danger.kind, "danger": danger})
    return analysis


async def _weighed(answer: RecordedAnswer, label: str) -> Danger | None:
    if not answer.overdue:
        return None
    weighing = AnswerToWeigh(answer_id=answer.answer_id)
    return await weighed_late(None, SecondNet.weigh_answer, weighing, f"Weigh {label}")


async def _read_deeply(answer: RecordedAnswer, locale: Locale, label: str) -> DeepAnalysis:
    for reader in answer.route.deep if answer.route else ():
        try:
            analysis = await policies.DEEP_READING.run(
                AnswerAnalysis.analyse_answer,
                AnswerToAnalyse(answer_id=answer.answer_id, locale=locale, tier=reader.tier),
                task_queue=reader.task_queue,
                summary=f"Analyse {label}: {reader.analyst}",
            )
            metrics.ANALYSES.add(tier=reader.tier)
            return analysis
        except ActivityError as error:
            # Cancelled means handed to DeferredAnalysis.
            gone = AnswerGone.caused(error)
            if gone or is_cancelled_exception(error):
                raise
    analysis = await policies.OFFLINE_READING.run(
        AnswerAnalysis.analyse_answer,
        AnswerToAnalyse(answer_id=answer.answer_id, locale=locale),
        task_queue=OFFLINE_QUEUE,
        summary=f"Analyse {label}: offline",
    )
    metrics.ANALYSES.add(tier=Tier.OFFLINE)
    return analysis
