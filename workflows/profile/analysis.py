"""Analysing answers: the step that sessions run in the background, and the workflow that takes over what is left."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError

from schema.activities import AnalysisToFold, AnalystDesk, AnswerToAnalyse, ChannelSender, ProfileStore
from schema.analysis import DeepAnalysis
from schema.deliveries import CrisisSupport, Delivery
from schema.session import AnswersToAnalyse
from schema.vocabulary import CrisisKind, Locale
from workflows import policies
from workflows.queues import ANALYSIS


async def analyse(answer_id: str, user_ref: str, locale: Locale, label: str) -> DeepAnalysis:
    """Analyses one answer and folds it into the profile.

    Args:
        label: names the answer to operators; nothing personal.

    Raises:
        ActivityError: the answer was erased meanwhile, or no analyst could read it for a week.
    """
    analysis = await policies.DEEP_ANALYSIS.run(
        AnalystDesk.analyse_answer,
        AnswerToAnalyse(answer_id=answer_id, locale=locale),
        task_queue=ANALYSIS,
        summary=f"Analyse {label}",
    )
    await policies.DATABASE.run(
        ProfileStore.fold_analysis,
        AnalysisToFold(answer_id=answer_id, user_ref=user_ref, analysis=analysis, analysed_at=workflow.now()),
        summary=f"Fold {label} into the profile",
    )
    return analysis


@workflow.defn(failure_exception_types=[ValidationError])
class DeferredAnalysis:
    """Analyses what a session left behind (id `deferred-{session id}`), however long an analyst is away."""

    @workflow.run
    async def run(self, left: AnswersToAnalyse) -> int:
        """Analyses the answers one by one, the oldest first; returns how many it analysed.

        One that can't be analysed fails the workflow, so that operators see it, after the others were tried.
        """
        failures: list[ActivityError] = []
        for number, answer in enumerate(left.answers, start=1):
            try:
                analysis = await analyse(answer.answer_id, left.user_ref, left.locale, f"deferred answer {number}")
            except ActivityError as error:
                failures.append(error)
                continue
            if analysis.crisis and not answer.crisis_heard:
                await self._support(left, number, analysis.crisis)
        if failures:
            raise failures[0]
        return len(left.answers)

    async def _support(self, left: AnswersToAnalyse, number: int, crisis: CrisisKind) -> None:
        """The session is over, but nobody is left alone with what only the deep analysis understood."""
        await policies.FAREWELL.run(
            ChannelSender.deliver,
            Delivery(
                key=f"{workflow.info().workflow_id}:{number}",
                address=left.channel.address,
                locale=left.locale,
                messages=[CrisisSupport(crisis=crisis)],
            ),
            task_queue=left.channel.task_queue,
            summary="Crisis support",
        )
