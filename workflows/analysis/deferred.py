"""DeferredAnalysis: analyses the answers of a session that ended before they were analysed."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError

from schema import metrics
from schema.analysis.messages import DeferredAnalysisInput
from schema.danger import Danger
from schema.deliveries import ChannelSender, CrisisSupport, Delivery, SafetyQuestion
from workflows import policies
from workflows.analysis.deep_analysis import analyse


@workflow.defn(failure_exception_types=[ValidationError])
class DeferredAnalysis:
    """Analyses the answers that a session left unanalysed, however long an analyst is down.

    Its id is `deferred-{user_ref}-{session id}-{number}`.
    """

    @workflow.run
    async def run(self, left: DeferredAnalysisInput) -> int:
        """Analyses the answers one by one, the oldest first; returns how many it analysed.

        If an answer can't be analysed, it goes on with the others and then fails, so that operators see it.
        """
        failures: list[ActivityError] = []
        for number, answer in enumerate(left.answers, start=1):
            try:
                analysis = await analyse(answer, left.user_ref, left.locale, f"deferred answer {number}")
            except ActivityError as error:
                failures.append(error)
                continue
            if analysis.crisis and not answer.crisis_heard:
                danger = analysis.danger or Danger(kind=analysis.crisis)
                await self._support(left, number, danger)
        if failures:
            raise failures[0]
        return len(left.answers)

    async def _support(self, left: DeferredAnalysisInput, number: int, danger: Danger) -> None:
        """Supports the person in a crisis that only the deep analysis found, although the session is over."""
        metrics.CRISES_HEARD.add()
        await policies.FAREWELL.run(
            ChannelSender.deliver,
            Delivery(
                key=f"{workflow.info().workflow_id}:{number}",
                user_ref=left.user_ref,
                address=left.channel.address,
                locale=left.locale,
                messages=[
                    CrisisSupport(crisis=danger.kind, danger=danger),
                    SafetyQuestion(nonce=f"{number}-{workflow.info().run_id[:8]}", crisis=danger.kind),
                ],
            ),
            task_queue=left.channel.task_queue,
            summary="Crisis support",
        )
