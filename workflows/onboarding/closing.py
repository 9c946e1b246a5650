"""How a session ends: nothing is lost, and the person hears a proper end."""

from __future__ import annotations

from typing import Literal

from temporalio import workflow

from schema.activities import PersonRef, ProfileStore, SessionClosed, SessionStore
from schema.deliveries import Goodbye, Summary
from schema.session import SessionOutcome
from schema.vocabulary import Stage, Status
from workflows import policies
from workflows.onboarding.analyses import RunningAnalyses
from workflows.onboarding.conversation import Conversation
from workflows.onboarding.state import CrisisSeen, EditHeard, SessionState, TextHeard
from workflows.onboarding.voice import Voice


async def finish(state: SessionState, voice: Voice, talk: Conversation, analyses: RunningAnalyses) -> SessionOutcome:
    """Ends a session whose status is final, and says how it went."""
    if state.status is Status.DECLINED:
        await _erase(state)
    await _take_what_is_left(state, talk)
    await analyses.wait_briefly()
    if state.status is Status.COMPLETED:
        await _summarise(state, voice)
    else:
        await voice.say(Goodbye(reason=_reason(state)), summary=f"Goodbye: {state.status}", policy=policies.COURTESY)
    if state.recorded:
        await _close(state)
    deferred = 0
    # What arrives up to the very last moment is kept: the workflow returns with an empty inbox and no handler running.
    while state.inbox or state.unanalysed or not workflow.all_handlers_finished():
        await _take_what_is_left(state, talk)
        deferred += await analyses.hand_over()
        await workflow.wait_condition(workflow.all_handlers_finished)
    return SessionOutcome(status=state.status, answers=state.answered, analysed=state.analysed, deferred=deferred)


async def _take_what_is_left(state: SessionState, talk: Conversation) -> None:
    while state.inbox:
        match state.inbox.pop(0):
            case TextHeard() as heard if heard.text.strip():
                await talk.keep_late(heard)
            case EditHeard() as edit:
                await talk.hear_edit_late(edit)
            case CrisisSeen() as seen:
                await talk.support_late(seen)
            case _:
                # Buttons and silences mean nothing to a session that is over.
                pass


async def _erase(state: SessionState) -> None:
    await policies.DATABASE.run(
        SessionStore.erase_person, PersonRef(user_ref=state.user_ref), summary="Erase the person: consent declined"
    )


async def _summarise(state: SessionState, voice: Voice) -> None:
    state.stage = Stage.SUMMARY
    profile = await policies.DATABASE.run(
        ProfileStore.read_profile, PersonRef(user_ref=state.user_ref), summary="Read the profile"
    )
    summary = Summary(answers=state.answered, profile=profile, analyses_pending=len(state.unanalysed))
    await voice.say(summary, summary="Summary and profile", policy=policies.FAREWELL)


async def _close(state: SessionState) -> None:
    await policies.DATABASE.run(
        SessionStore.close_session,
        SessionClosed(
            session_id=state.session_id,
            user_ref=state.user_ref,
            status=state.status,
            trust_points=state.trust_points,
            closed_at=workflow.now(),
        ),
        summary=f"Close the session: {state.status}",
    )


def _reason(state: SessionState) -> Literal["declined", "not_begun", "stopped", "timed_out", "abandoned"]:
    match state.status:
        case Status.DECLINED:
            return "declined"
        case _ if state.stage is Stage.CONSENT:
            return "not_begun"
        case Status.TIMED_OUT:
            return "timed_out"
        case _:
            return "stopped" if state.stopped_by_person else "abandoned"
