"""OnboardingSession: one person's session, from consent over questions to a summary.

Everything that happens to a session (a text, a button, an operator's update, a silence) becomes an event in one inbox.
`run` takes the events one by one, so steps never overlap and need no lock. Only deep analyses run concurrently.
"""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

from schema.onboarding.messages import SessionOutcome, StartSession
from workflows.onboarding.analyses import RunningAnalyses
from workflows.onboarding.asking import Asking
from workflows.onboarding.care import Care
from workflows.onboarding.closing import Ending
from workflows.onboarding.conversation import Conversation
from workflows.onboarding.events import StopHeard
from workflows.onboarding.handlers import SessionHandlers
from workflows.onboarding.messenger import SessionMessenger
from workflows.onboarding.opening import begin
from workflows.onboarding.search_attributes import updates_for
from workflows.onboarding.state import SessionState
from workflows.onboarding.watches import watch_for_crisis, watch_for_silence
from workflows.trace_context import continued


@workflow.defn(failure_exception_types=[ValidationError])
class OnboardingSession(SessionHandlers):
    """A person's onboarding session (id `onboarding-{user_ref}`)."""

    @workflow.init
    def __init__(self, start: StartSession) -> None:
        self._state = SessionState.model_validate(start.carried) if start.carried else self._new(start)
        self._state.hears_edges = workflow.patched("sessions-hear-at-their-edges")
        self._state.levels = workflow.patched("danger-has-levels")
        self._state.lends_texts = workflow.patched("rests-leave-texts-to-the-coach")
        self._messenger = SessionMessenger(self._state, self._publish_status)
        self._analyses = RunningAnalyses(self._state)
        self._attributes: list[SearchAttributeUpdate[Any]] = []
        self._asking = Asking(self._state, self._messenger)
        self._care = Care(self._state, self._messenger, self._asking)
        self._conversation = Conversation(self._state, self._messenger, self._asking, self._care, self._analyses)
        self._ending = Ending(self._state, self._messenger, self._care, self._analyses, self._publish_status)

    @workflow.run
    async def run(self, start: StartSession) -> SessionOutcome:
        """Runs the session to its end. A cancelled session still says its last message."""
        if not self._state.hears_edges:
            return await self._live(start)
        life = asyncio.create_task(self._live(start))
        try:
            return await asyncio.shield(life)
        except asyncio.CancelledError:
            self._state.inbox.append(StopHeard(reason="operator"))
            self._ending.hurry()
        await life
        raise asyncio.CancelledError("An operator has cancelled the session")

    async def _live(self, start: StartSession) -> SessionOutcome:
        state = self._state
        watches = [asyncio.create_task(watch(state)) for watch in (watch_for_silence, watch_for_crisis)]
        if not state.begun:
            await begin(state, self._asking)
        trace = None
        while not state.status.final:
            self._publish_status()
            await workflow.wait_condition(lambda: bool(state.inbox) or self._outgrown)
            if not state.inbox:
                self._continue_as(start, state)
            event = state.take_next()
            trace = event.trace
            with continued(trace):
                await self._take(event)
        for watch in watches:
            watch.cancel()
        with continued(trace):
            outcome = await self._ending.run()
        self._publish_status()
        if self._ending.next:
            self._continue_as(start, self._ending.next)
        return outcome

    @staticmethod
    def _continue_as(start: StartSession, state: SessionState) -> NoReturn:
        workflow.continue_as_new(start.model_copy(update={"carried": state.model_dump(mode="json")}))

    @staticmethod
    def _new(start: StartSession) -> SessionState:
        return SessionState(
            session_id=str(workflow.uuid4()),
            started_at=workflow.now(),
            quiet_since=workflow.now(),
            **start.model_dump(include={"user_ref", "channel", "locale", "settings"}),
        )

    @property
    def _outgrown(self) -> bool:
        """Whether the session should continue as new: the history is long and nothing is in progress."""
        return (
            workflow.info().is_continue_as_new_suggested() and self._analyses.done and workflow.all_handlers_finished()
        )

    def _publish_status(self) -> None:
        workflow.set_current_details(self._state.current_details())
        attributes = updates_for(self._state)
        if attributes != self._attributes:
            self._attributes = attributes
            workflow.upsert_search_attributes(attributes)
