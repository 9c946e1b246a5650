"""The instant reaction to an answer: by a model that is quick enough, else by the offline analyst."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema import metrics
from schema.analysis.activities import AnswerAnalysis, AnswerToAnalyse
from schema.analysis.messages import RecordedAnswer
from schema.analysis.readings import OFFLINE_ANALYST, InstantFeedback
from schema.analysis.routing import ModelRef, Tier
from schema.onboarding.names import TASK_QUEUE
from schema.vocabulary import Locale
from workflows import policies

# For answers recorded before routing: the offline analyst reacted on the session's own queue.
_UNROUTED = ModelRef(tier=Tier.OFFLINE, company="", analyst=OFFLINE_ANALYST, task_queue=TASK_QUEUE)


async def react(answer: RecordedAnswer, locale: Locale, label: str) -> InstantFeedback:
    """Reacts to an answer by the first model that is quick enough, else by the offline analyst.

    `label` names the answer to operators; nothing personal.
    """
    due = workflow.now() + policies.INSTANT_FEEDBACK.schedule_to_close
    for reader in answer.route.instant if answer.route else [_UNROUTED]:
        left = due - workflow.now()
        if left < policies.MIN_MODEL_TIME:
            break
        try:
            feedback = await policies.INSTANT_FEEDBACK.within(left).run(
                AnswerAnalysis.instant_feedback,
                AnswerToAnalyse(answer_id=answer.answer_id, locale=locale, tier=reader.tier),
                task_queue=reader.task_queue,
                summary=f"React to {label}: {reader.analyst}",
            )
            metrics.REACTIONS.add(tier=reader.tier)
            return feedback
        except ActivityError as error:
            # History holds the reason. A late reaction is never delivered.
            if is_cancelled_exception(error):
                raise
    metrics.REACTIONS.add(tier=Tier.OFFLINE)
    return await policies.DATABASE.run(
        AnswerAnalysis.reflect_offline,
        AnswerToAnalyse(answer_id=answer.answer_id, locale=locale),
        summary=f"React to {label}: offline",
    )
