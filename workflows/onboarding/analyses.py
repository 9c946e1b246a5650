"""The deep analyses of a session. They run in the background and never block the person."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

from schema.analysis.messages import DeferredAnalysisInput
from schema.analysis.names import DEFERRED_ID
from schema.public import Public
from workflows.analysis.deep_analysis import analyse
from workflows.analysis.deferred import DeferredAnalysis
from workflows.onboarding.events import CrisisSeen
from workflows.onboarding.state import PendingAnalysis, SessionState


class RunningAnalyses:
    """The analyses of one session, from the answer to the profile."""

    def __init__(self, state: SessionState) -> None:
        self._state = state
        self._tasks: list[asyncio.Task[None]] = []
        self._handed_over = 0

    @property
    def done(self) -> bool:
        """Whether none is running."""
        return all(task.done() for task in self._tasks)

    def start(self, pending: PendingAnalysis) -> None:
        """Analyses one more answer."""
        self._state.unanalysed.append(pending)
        self._tasks.append(asyncio.create_task(self._analyse(pending)))

    async def wait_briefly(self) -> None:
        """Waits a moment for running analyses, so that the summary is as complete as possible."""
        if not self.done:
            await workflow.wait(self._tasks, timeout=self._state.settings.last_analyses_wait.total_seconds())

    def drop(self) -> None:
        """Stops all analyses for good, because nothing of the person may be kept."""
        for task in self._tasks:
            task.cancel()
        self._state.unanalysed = []

    async def hand_over(self) -> int:
        """Hands unanalysed answers to `DeferredAnalysis`; returns their number."""
        for task in self._tasks:
            task.cancel()
        left, self._state.unanalysed = self._state.unanalysed, []
        if left:
            self._handed_over += 1
            in_session = f"{self._state.session_id}-{self._handed_over}"
            # Earlier versions used an id without the `user_ref`.
            names_person = workflow.patched("deferred-names-its-person")
            await workflow.start_child_workflow(
                DeferredAnalysis.run,
                DeferredAnalysisInput(
                    user_ref=self._state.user_ref,
                    channel=self._state.channel,
                    locale=self._state.locale,
                    answers=[pending.left(crisis_heard=self._crisis_heard(pending)) for pending in left],
                ),
                id=DEFERRED_ID.of(self._state.user_ref, in_session) if names_person else f"deferred-{in_session}",
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary=Public(f"{len(left)} answers of a session that has ended"),
            )
        return len(left)

    def _crisis_heard(self, pending: PendingAnalysis) -> bool:
        asked = self._state.asking(pending.nonce)
        return asked is not None and asked.crisis

    async def _analyse(self, pending: PendingAnalysis) -> None:
        asked = self._state.asking(pending.nonce)
        label = asked.question_id if asked else "an answer"
        try:
            analysis = await analyse(pending, self._state.user_ref, self._state.locale, label)
        except ActivityError:
            # The answer stays unanalysed: DeferredAnalysis tries again and shows the failure to operators.
            workflow.logger.warning("An answer to %s could not be analysed; DeferredAnalysis will try again", label)
            return
        self._state.unanalysed = [p for p in self._state.unanalysed if p.answer_id != pending.answer_id]
        self._state.analysed += 1
        self._state.revise(pending.nonce, breakthrough=analysis.breakthrough, sentiment=analysis.sentiment)
        if analysis.crisis:
            seen = CrisisSeen(crisis=analysis.crisis, danger=analysis.danger, nonce=pending.nonce)
            self._state.inbox.append(seen)
