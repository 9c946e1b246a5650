"""Takes what was said of a step in words to where a button would have taken it."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import WorkflowAlreadyStartedError

from schema.coaching.agreements import (
    OUTCOMES,
    ActOnStep,
    AgreementStore,
    FollowUpSettings,
    StartFollowUp,
    StepAnswer,
    StepTap,
)
from schema.coaching.deliveries import StepNoted
from schema.coaching.names import FOLLOW_UP_ID
from schema.public import Public
from schema.vocabulary import Locale
from workflows import policies
from workflows.coaching.follow_up import FollowUp
from workflows.coaching.state import CoachState


async def follow_up_on(state: CoachState, answer: StepAnswer, update_id: str) -> None:
    """Tells the step's `FollowUp`, which tells the person what became of it; starts it where none runs."""
    channel = state.channel
    assert channel is not None, "something is answered before anything was said"
    assert answer.act is not None, "what is left open is asked about"
    tap = StepTap(act=answer.act, channel=channel, update_id=update_id)
    workflow_id = FOLLOW_UP_ID.of(state.user_ref, answer.agreement_id)
    try:
        begun = await workflow.start_child_workflow(
            FollowUp.run,
            StartFollowUp(
                user_ref=state.user_ref,
                channel=channel,
                locale=state.locale or Locale.RU,
                update_id=update_id,
                agreement_id=answer.agreement_id,
            ),
            id=workflow_id,
            # It outlives the conversation.
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=Public("Agreed on in a talk"),
        )
    except WorkflowAlreadyStartedError:
        await workflow.get_external_workflow_handle_for(FollowUp.run, workflow_id).signal(FollowUp.tap, tap)
    else:
        await begun.signal(FollowUp.tap, tap)


async def note_outcome(state: CoachState, answer: StepAnswer, update_id: str) -> StepNoted | None:
    """Keeps how a step went, before the reply that is to rest on it. None where something else came before.

    The step's `FollowUp` sees it when it wakes, and asks no more.
    """
    if answer.act not in OUTCOMES:
        return None
    acted = await policies.DATABASE.run(
        AgreementStore.act,
        ActOnStep(
            user_ref=state.user_ref,
            agreement_id=answer.agreement_id,
            act=answer.act,
            update_id=update_id,
            now=workflow.now(),
            asks_after=FollowUpSettings().asks_after,
        ),
        summary=f"Keep how a step went: {answer.act}",
    )
    if not (acted.step and acted.taken):
        return None
    return StepNoted(agreement_id=answer.agreement_id, what=answer.what, status=acted.step.status)
