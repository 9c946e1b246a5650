"""Begins a session: nothing is kept before the person has consented, and consent names who reads the answers."""

from __future__ import annotations

from temporalio import workflow

from schema.account.activities import PersonStore
from schema.deliveries import ConsentRequest, Message, WelcomeBack
from schema.onboarding.activities import SessionOpened, SessionStore
from schema.person import PersonRef
from schema.vocabulary import Stage
from workflows import policies
from workflows.onboarding.conversation import Conversation
from workflows.onboarding.messenger import SessionMessenger
from workflows.onboarding.state import SessionState
from workflows.policies import RemotePolicy


async def begin(state: SessionState, messenger: SessionMessenger, conversation: Conversation) -> None:
    """Greets the person. Asks the first question if they consented earlier, else asks for consent."""
    known = await policies.DATABASE.run(
        PersonStore.recall_person, PersonRef(user_ref=state.user_ref), summary="Recall the person"
    )
    state.begun = True
    state.locale, state.earlier_trust_points = known.locale or state.locale, known.trust_points
    state.readers = None if known.consented else known.readers
    unsaid, state.unsaid = state.unsaid, []
    if known.consented:
        await open_session(state)
        await conversation.go_on(*unsaid, WelcomeBack(planned=state.settings.planned_questions))
    else:
        await ask_consent(state, messenger, *unsaid)


async def ask_consent(
    state: SessionState, messenger: SessionMessenger, *before: Message, policy: RemotePolicy = policies.DELIVERY
) -> None:
    """Tells the person what is kept and who reads it, and asks for consent."""
    request = ConsentRequest(
        nonce=state.consent_nonce, planned=state.settings.planned_questions, readers=state.readers or []
    )
    await messenger.say(*before, request, summary="Ask for consent", policy=policy)


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
        summary="OpenQuestion the session",
    )
    state.stage, state.recorded = Stage.QUESTIONS, True
