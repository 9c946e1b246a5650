"""FollowUp: the story of one agreement, from the person's yes until they tell how it went.

The person's first tap starts it. So it needs no open conversation, and outlives each.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema.coaching.agreements import (
    MOVES,
    OUTCOMES,
    Acted,
    ActOnStep,
    AgreementStatus,
    AgreementStore,
    KeptStep,
    MomentOfStep,
    StartFollowUp,
    StepAct,
    StepTap,
)
from schema.coaching.deliveries import StepAgreed, StepOutcome, StepQuestion, ZoneQuestion
from schema.coaching.names import FOLLOW_UP_ID
from schema.deliveries import ChannelSender, Delivery, Message, Notice, NoticeCode
from schema.errors import RecipientGone
from schema.person import Channel
from schema.public import Public
from schema.vocabulary import Locale
from workflows import policies
from workflows.activity_policy import RemotePolicy

_REMEMBERED = 20
"""The number of the latest updates that are remembered."""


class FollowUpState(BaseModel):
    """The whole state of a follow-up; continue-as-new carries it. The agreement itself is in the database."""

    model_config = ConfigDict(hide_input_in_errors=True)

    channel: Channel
    """Where the person acted last."""
    locale: Locale
    taps: list[StepTap] = []
    updates: list[str] = []
    """The latest updates that were taken."""
    wakes_at: datetime | None = None
    """When to ask, or to give up waiting; None before the person's first act is heard."""
    gives_up_at: datetime | None = None
    """When it is too late to ask at all."""
    asked: bool = False
    """Whether the person has been asked how it went."""
    said: int = 0
    """Numbers the deliveries. A question that did not arrive is asked again under its number."""


@workflow.defn(name=FOLLOW_UP_ID.workflow_type, failure_exception_types=[ValidationError])
class FollowUp:
    """Asks a person how a step went (id `followup-{user_ref}-{agreement}`, started with its signal)."""

    @workflow.init
    def __init__(self, start: StartFollowUp) -> None:
        self._start = start
        begun: dict[str, Any] = {"channel": start.channel, "locale": start.locale}
        self._state = FollowUpState.model_validate(start.carried or begun)

    @workflow.signal
    def tap(self, tap: StepTap) -> None:
        """The person did something with the step."""
        update_id = tap.update_id or str(workflow.uuid4())
        if update_id not in self._state.updates:
            self._state.updates = [*self._state.updates, update_id][-_REMEMBERED:]
            self._state.channel = tap.channel
            self._state.taps.append(tap.model_copy(update={"update_id": update_id}))

    @workflow.run
    async def run(self, start: StartFollowUp) -> None:
        """Runs until the step is told of, cancelled, or long left unanswered."""
        await workflow.wait_condition(lambda: bool(self._state.taps or self._state.wakes_at))
        goes_on = True
        while goes_on:
            if await self._tapped():
                goes_on = await self._take(self._state.taps.pop(0))
            elif self._state.asked:
                # Who has not answered may still do so by the same buttons, which start it anew.
                goes_on = False
            else:
                goes_on = await self._ask()

    async def _tapped(self) -> bool:
        """Waits for what the person does; False when the time has come."""
        state = self._state
        if not state.taps and workflow.info().is_continue_as_new_suggested():
            carried = state.model_dump(mode="json")
            workflow.continue_as_new(self._start.model_copy(update={"carried": carried}))
        if state.taps or state.wakes_at is None:
            return bool(state.taps)
        summary = "Until the answer is late" if state.asked else "Until the step is asked about"
        try:
            await workflow.wait_condition(
                lambda: bool(state.taps),
                timeout=max(state.wakes_at - workflow.now(), timedelta()),
                timeout_summary=Public(summary),
            )
        except TimeoutError:
            return False
        return True

    async def _take(self, tap: StepTap) -> bool:
        """Does what the person wants, and says so; False when nothing is left to do."""
        acted = await policies.DATABASE.run(
            AgreementStore.act,
            ActOnStep(
                user_ref=self._start.user_ref,
                agreement_id=self._start.agreement_id,
                act=tap.act,
                update_id=tap.update_id or "",
                now=workflow.now(),
                asks_after=self._start.settings.asks_after,
            ),
            summary=f"Take it: {tap.act}",
        )
        self._state.locale = acted.locale
        self._state.said += 1
        if acted.step is None:
            # It has been erased.
            return False
        if acted.taken or self._state.wakes_at is None:
            self._wait_by(acted.step)
        await self._say(*_replies(acted, tap.act), summary=f"Reply to {tap.act}", policy=policies.DELIVERY)
        return acted.step.status is AgreementStatus.AGREED

    def _wait_by(self, step: KeptStep) -> None:
        """Waits for the answer to what was asked, or until it is time to ask."""
        if step.due_at is None:
            return
        waits = self._start.settings.waits_for_answer
        self._state.asked = step.asked_at is not None
        self._state.wakes_at = step.asked_at + waits if step.asked_at else step.due_at
        self._state.gives_up_at = step.due_at + waits

    async def _ask(self) -> bool:
        """Asks how it went, if the person may be asked now; False when there is nothing to ask any more."""
        now, settings = workflow.now(), self._start.settings
        asking = await policies.DATABASE.run(
            AgreementStore.claim_asking,
            MomentOfStep(user_ref=self._start.user_ref, agreement_id=self._start.agreement_id, now=now),
            summary="May the person be asked now?",
        )
        if asking.step is None:
            self._state.wakes_at = asking.not_before
            return asking.not_before is not None and not self._is_late(asking.not_before)
        question = StepQuestion(agreement_id=asking.step.agreement_id, what=asking.step.what)
        try:
            await self._deliver(question, summary="Ask how it went", policy=policies.COURTESY)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            self._state.wakes_at = now + settings.tries_again_after
            return not RecipientGone.caused(error) and not self._is_late(now)
        self._state.said += 1
        self._state.asked, self._state.wakes_at = True, workflow.now() + settings.waits_for_answer
        return True

    def _is_late(self, moment: datetime) -> bool:
        return self._state.gives_up_at is not None and moment > self._state.gives_up_at

    async def _say(self, *messages: Message, summary: str, policy: RemotePolicy) -> None:
        """Says something that follows what the person did. A channel that stays away loses it."""
        try:
            await self._deliver(*messages, summary=summary, policy=policy)
        except ActivityError as error:
            # History holds the reason.
            if is_cancelled_exception(error):
                raise
        self._state.said += 1

    async def _deliver(self, *messages: Message, summary: str, policy: RemotePolicy) -> None:
        await policy.run(
            ChannelSender.deliver,
            Delivery(
                key=f"followup:{workflow.info().first_execution_run_id}:{self._state.said}",
                user_ref=self._start.user_ref,
                address=self._state.channel.address,
                locale=self._state.locale,
                messages=list(messages),
            ),
            task_queue=self._state.channel.task_queue,
            summary=summary,
        )


def _replies(acted: Acted, act: StepAct) -> list[Message]:
    """What the person reads after an act."""
    step = acted.step
    assert step is not None, "of what is erased nothing is said"
    if not acted.taken:
        return [Notice(code=NoticeCode.BUTTON_IS_OLD)]
    if act in OUTCOMES:
        return [StepOutcome(status=step.status)]
    if act in (StepAct.AGREE, StepAct.REOPEN, *MOVES):
        assert step.due is not None, "what is agreed on has a day"
        agreed = StepAgreed(agreement_id=step.agreement_id, due=step.due, moved=act is not StepAct.AGREE)
        return [agreed, *([ZoneQuestion(now=acted.now)] if acted.asks_zone and acted.now else [])]
    return [Notice(code=NoticeCode.STEP_DECLINED if act is StepAct.DECLINE else NoticeCode.STEP_CANCELLED)]
