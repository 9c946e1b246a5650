"""A text after a time-out: the answer that the session waited for is kept, and the coach says nothing to it."""

from __future__ import annotations

from temporalio import workflow

from schema.analysis.messages import DeferredAnalysisInput, RecordedAnswer
from schema.analysis.names import DEFERRED_ID
from schema.analysis.readings import OFFLINE_ANALYST, AnswerReading
from schema.danger import Danger
from schema.deliveries import Concern, Feedback, Message, Notice, NoticeCode
from schema.onboarding.activities import HeardText, LateAnswer, LateTexts, SessionStore
from schema.public import Public
from workflows import policies
from workflows.analysis.deferred import DeferredAnalysis
from workflows.analysis.reaction import react
from workflows.coaching.state import CoachState, Waiting
from workflows.safety.second_net import danger_in_answer


class KeptLate:
    """An answer that was kept after its session had timed out, over the state of the conversation."""

    def __init__(self, state: CoachState, answer_id: str, question_id: str, reading: AnswerReading) -> None:
        self._state = state
        self._question_id = question_id
        self._answer = RecordedAnswer(answer_id=answer_id, route=reading.route, overdue=reading.overdue)
        self.reading = reading

    async def danger(self) -> Danger | None:
        """The danger in it."""
        return await danger_in_answer(self.reading, self._answer.answer_id, self._question_id)

    async def reaction(self, danger: Danger | None, nonce: str) -> list[Message]:
        """What the person hears of it: that it was kept, and the reaction that any answer gets."""
        locale = self._state.locale
        assert locale is not None, "who has answered is known"
        feedback = await react(self._answer, locale, self._question_id)
        said: list[Message] = [
            Notice(code=NoticeCode.LATE_ANSWER_KEPT),
            Feedback(
                text=feedback.reflection,
                offline=feedback.analyst == OFFLINE_ANALYST,
                answer_id=self._answer.answer_id,
            ),
        ]
        return [*said, Concern(danger=danger, nonce=nonce)] if danger else said

    async def analyse(self, *, crisis_heard: bool) -> None:
        """Hands it to the analysis in the background, as any answer whose session is over."""
        state, channel = self._state, self._state.channel
        assert channel is not None, "who has answered wrote somewhere"
        assert state.locale is not None, "who has answered is known"
        await workflow.start_child_workflow(
            DeferredAnalysis.run,
            DeferredAnalysisInput(
                user_ref=state.user_ref,
                channel=channel,
                locale=state.locale,
                answers=[self._answer.left(crisis_heard=crisis_heard)],
            ),
            id=DEFERRED_ID.of(state.user_ref, self._answer.answer_id),
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=Public("An answer that came after a time-out"),
        )


async def keep_late_answer(state: CoachState, texts: list[Waiting]) -> KeptLate | None:
    """Keeps texts as the answer that a session timed out on; None where they are words to the coach."""
    late = LateTexts(
        user_ref=state.user_ref,
        messages=[HeardText(update_id=text.said.update_id, text=text.said.text, heard_at=text.at) for text in texts],
    )
    kept: LateAnswer = await policies.DATABASE.run(
        SessionStore.keep_late_answer, late, summary="Keep what may be a late answer"
    )
    if kept.answer_id is None or kept.reading is None:
        return None
    state.known = True
    state.speaks(kept.locale)
    return KeptLate(state, kept.answer_id, kept.question_id, kept.reading)
