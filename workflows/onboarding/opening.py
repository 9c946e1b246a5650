"""Begins a session: nothing is kept before the person has consented, and consent names who reads the answers."""

from __future__ import annotations

from temporalio import workflow

from schema import metrics
from schema.account.activities import PersonStore
from schema.deliveries import WelcomeBack
from schema.onboarding.activities import SessionOpened, SessionStore
from schema.person import PersonRef
from schema.vocabulary import Stage
from workflows import policies
from workflows.onboarding.asking import Asking
from workflows.onboarding.state import SessionState


async def begin(state: SessionState, asking: Asking) -> None:
    """Greets the person. Asks the first question if they consented earlier, else asks for consent."""
    known = await policies.DATABASE.run(
        PersonStore.recall_person, PersonRef(user_ref=state.user_ref), summary="Recall the person"
    )
    state.begun = True
    state.locale, state.earlier_trust_points = known.locale or state.locale, known.trust_points
    state.readers = None if known.consented else known.readers
    state.moved_in = known.moved_in
    state.earlier_danger, state.earlier_danger_at = known.danger, known.danger_at
    unsaid, state.unsaid = state.unsaid, []
    if known.consented:
        await open_session(state)
        await asking.go_on(*unsaid, WelcomeBack(planned=state.settings.planned_questions))
    else:
        await asking.ask_consent(*unsaid)


async def open_session(state: SessionState) -> None:
    """Opens the session in the database, because the person has consented."""
    await policies.DATABASE.run(
        SessionStore.open_session,
        SessionOpened(
            session_id=state.session_id,
            user_ref=state.user_ref,
            locale=state.locale,
            opened_at=workflow.now(),
            readers=state.readers,
        ),
        summary="Open the session",
    )
    metrics.SESSIONS_OPENED.add()
    state.stage, state.recorded = Stage.QUESTIONS, True
