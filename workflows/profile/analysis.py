"""Reading answers: the chain of models behind a reaction and a deep analysis, and the workflow for late answers.

The chain is written in the workflow's own terms, an activity a model on its provider's task queue: so operators see in
the Web UI which model read an answer, and why the ones before it did not.
"""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema.analysis.activities import AnalystDesk, AnswerToAnalyse
from schema.analysis.messages import AnswersToAnalyse, AnswerToRead
from schema.analysis.names import OFFLINE_QUEUE
from schema.analysis.readings import DeepAnalysis, InstantFeedback
from schema.analysis.routing import Reader, Tier
from schema.deliveries import ChannelSender, CrisisSupport, Delivery
from schema.errors import AnswerGone
from schema.onboarding.names import TASK_QUEUE
from schema.profile.activities import AnalysisToFold, ProfileStore
from schema.vocabulary import CrisisKind, Locale
from workflows import policies

# Before answers were routed, the offline analyst reacted by an activity on the session's own queue.
_UNROUTED = Reader(tier=Tier.OFFLINE, company="", analyst="offline", task_queue=TASK_QUEUE)


async def react(answer: AnswerToRead, locale: Locale, label: str) -> InstantFeedback:
    """The reaction that the person waits for: from a model that is quick enough, else from the offline analyst.

    `label` names the answer to operators; nothing personal.
    """
    due = workflow.now() + policies.INSTANT_FEEDBACK.schedule_to_close
    for reader in answer.route.instant if answer.route else [_UNROUTED]:
        left = due - workflow.now()
        if left < policies.HARDLY_TIME:
            break
        try:
            return await policies.INSTANT_FEEDBACK.within(left).run(
                AnalystDesk.instant_feedback,
                AnswerToAnalyse(answer_id=answer.answer_id, locale=locale, tier=reader.tier),
                task_queue=reader.task_queue,
                summary=f"React to {label}: {reader.analyst}",
            )
        except ActivityError as error:
            # History has the reason. A reaction that comes later than this is never delivered.
            if is_cancelled_exception(error):
                raise
    return await policies.DATABASE.run(
        AnalystDesk.reflect_offline,
        AnswerToAnalyse(answer_id=answer.answer_id, locale=locale),
        summary=f"React to {label}: offline",
    )


async def analyse(answer: AnswerToRead, user_ref: str, locale: Locale, label: str) -> DeepAnalysis:
    """Analyses one answer and folds it into the profile; `label` names the answer to operators, nothing personal.

    Raises:
        ActivityError: the answer was erased meanwhile, or our own database was away for a week.
    """
    analysis = await _read_deeply(answer, locale, label)
    await policies.DATABASE.run(
        ProfileStore.fold_analysis,
        AnalysisToFold(answer_id=answer.answer_id, user_ref=user_ref, analysis=analysis, analysed_at=workflow.now()),
        summary=f"Fold {label} into the profile",
    )
    return analysis


async def _read_deeply(answer: AnswerToRead, locale: Locale, label: str) -> DeepAnalysis:
    for reader in answer.route.deep if answer.route else ():
        try:
            return await policies.DEEP_READING.run(
                AnalystDesk.analyse_answer,
                AnswerToAnalyse(answer_id=answer.answer_id, locale=locale, tier=reader.tier),
                task_queue=reader.task_queue,
                summary=f"Analyse {label}: {reader.analyst}",
            )
        except ActivityError as error:
            # Whoever cancelled it has given the answer to somebody else.
            gone = AnswerGone.caused(error)
            if gone or is_cancelled_exception(error):
                raise
    return await policies.OFFLINE_READING.run(
        AnalystDesk.analyse_answer,
        AnswerToAnalyse(answer_id=answer.answer_id, locale=locale),
        task_queue=OFFLINE_QUEUE,
        summary=f"Analyse {label}: offline",
    )


@workflow.defn(failure_exception_types=[ValidationError])
class DeferredAnalysis:
    """Analyses what a session left behind, however long an analyst is away.

    Its id is `deferred-{user_ref}-{session id}-{number}`.
    """

    @workflow.run
    async def run(self, left: AnswersToAnalyse) -> int:
        """Analyses the answers one by one, the oldest first; returns how many it analysed.

        One that can't be analysed fails the workflow, so that operators see it, after the others were tried.
        """
        failures: list[ActivityError] = []
        for number, answer in enumerate(left.answers, start=1):
            try:
                analysis = await analyse(answer, left.user_ref, left.locale, f"deferred answer {number}")
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
                user_ref=left.user_ref,
                address=left.channel.address,
                locale=left.locale,
                messages=[CrisisSupport(crisis=crisis)],
            ),
            task_queue=left.channel.task_queue,
            summary="Crisis support",
        )
