"""Ends a session: keeps late answers, says a summary or a goodbye, and starts anew for a person who comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Literal

from temporalio import workflow

from schema import metrics
from schema.account.activities import PersonStore
from schema.danger import Danger
from schema.deliveries import Goodbye, Summary
from schema.onboarding.activities import SessionClosed, SessionStore
from schema.onboarding.messages import SessionOutcome
from schema.person import PersonRef
from schema.profile.activities import ProfileStore
from schema.public import Public
from schema.vocabulary import Stage, Status
from workflows import policies
from workflows.minors import have_minor_erased
from workflows.onboarding.analyses import RunningAnalyses
from workflows.onboarding.care import Care, danger_of
from workflows.onboarding.events import Arrived, CrisisSeen, EditHeard, Event, LocaleHeard, SafetyHeard, TextHeard
from workflows.onboarding.message_parts import whole_letter
from workflows.onboarding.messenger import SessionMessenger
from workflows.onboarding.records import danger_in, danger_in_kept, record, remember_locale, screen
from workflows.onboarding.state import SessionState

_LAST_MOMENT = timedelta(seconds=10)
"""How long the last message may take after the person came back or an operator cancelled the session."""


class Ending:
    """The end of one session, from a final status to its outcome.

    `publish` tells operators how the session stands.
    """

    def __init__(
        self,
        state: SessionState,
        messenger: SessionMessenger,
        care: Care,
        analyses: RunningAnalyses,
        publish: Callable[[], None],
    ) -> None:
        self._state = state
        self._messenger = messenger
        self._care = care
        self._analyses = analyses
        self._publish = publish
        self._hurried = False
        self.next: SessionState | None = None
        """The session of a person who came back while this one was ending."""

    def hurry(self) -> None:
        """Shortens all waits to `_LAST_MOMENT`, because an operator cancelled the session."""
        self._hurried = True

    async def run(self) -> SessionOutcome:
        """Ends the session and returns its outcome."""
        state = self._state
        if state.underage:
            self._analyses.drop()
            state.recorded = False
        metrics.SESSIONS_ENDED.add(status=state.status, stage=state.stage)
        if state.status is Status.DECLINED:
            await self._erase()
        if state.hears_edges:
            if state.status is Status.COMPLETED:
                state.stage = Stage.SUMMARY
            self._publish()
            await self._handle_until(lambda: self._analyses.done, state.settings.last_analyses_wait)
            if state.recorded:
                await self._close()
            await self._say_farewell()
        else:
            await self._end_as_before()
        deferred = 0
        # Handles everything that still arrives: it returns with an empty inbox and no handler running.
        while state.inbox or state.unanalysed or not workflow.all_handlers_finished():
            await self._take_inbox()
            deferred += await self._analyses.hand_over()
            await workflow.wait_condition(workflow.all_handlers_finished)
        if state.underage:
            await have_minor_erased(state.user_ref, state.channel, state.locale)
        return SessionOutcome(status=state.status, answers=state.answered, analysed=state.analysed, deferred=deferred)

    async def _end_as_before(self) -> None:
        """The end of runs that began before a session could handle events while it ends."""
        await self._take_inbox()
        await self._analyses.wait_briefly()
        await self._say_last_words(lambda: False)
        if self._state.recorded:
            await self._close()

    async def _handle_until(self, done: Callable[[], bool], within: timedelta | None = None) -> None:
        """Handles events until `done`, or until the time `within` has passed."""
        due = None if within is None else workflow.now() + within
        while True:
            await self._take_inbox()
            if done() or self._hurried:
                return
            try:
                await workflow.wait_condition(
                    lambda: done() or self._hurried or bool(self._state.inbox),
                    timeout=None if due is None else due - workflow.now(),
                    timeout_summary=Public("The last analyses"),
                )
            except TimeoutError:
                return

    async def _take_inbox(self) -> None:
        while self._state.inbox:
            await self._take(self._state.take_next())

    async def _take(self, event: Event) -> None:
        match event:
            case TextHeard() if event.text.strip() and not self._state.is_over(event):
                await self._take_texts(await whole_letter(self._state, event))
            case EditHeard():
                await self._support(await danger_in(self._state, [event], await screen(self._state, [event])))
            case CrisisSeen() if self._care.is_new(event):
                await self._support(danger_of(event))
            case SafetyHeard():
                await self._care.take_answer(event)
            case Arrived() if self._state.hears_edges and self.next is None:
                self.next = self._state.following(event.channel, str(workflow.uuid4()), workflow.now())
            case Arrived() if self.next is not None:
                self.next.channel = event.channel
            case LocaleHeard() if self._state.hears_edges:
                for state in filter(None, (self._state, self.next)):
                    state.locale = event.locale
                await remember_locale(self._state, event.locale)
            case _:
                # Buttons and silences have no effect on a session that is over: its end is the reply.
                pass

    async def _take_texts(self, heard: list[TextHeard]) -> None:
        """Takes texts that came while the session was ending: records, analyses and screens them like any other."""
        state = self._state
        # After a return, a text belongs to the next session unless it names a question of this one.
        asked = state.asking(heard[0].nonce if self.next else state.asking_of(heard[0]))
        if asked and state.recorded:
            kept = await record(state, asked, heard)
            if state.has_open(asked.nonce):
                state.open = None
            self._analyses.start(kept.pending)
            danger = await danger_in_kept(state, kept)
            state.revise(asked.nonce, crisis=asked.crisis or (danger is not None and danger.sure))
        else:
            danger = await danger_in(self._state, heard, await screen(self._state, heard))
            if self.next and not (danger and danger.sure):
                self.next.inbox += [text.model_copy(update={"nonce": None, "sends": 0}) for text in heard]
        await self._support(danger)

    async def _support(self, danger: Danger | None) -> None:
        if danger and danger.sure:
            await self._care.support(danger, policies.FAREWELL)

    async def _say_farewell(self) -> None:
        """Says the last message. Events that come meanwhile do not wait for it."""
        over = False
        said = asyncio.create_task(self._say_last_words(lambda: over))
        await self._handle_until(lambda: said.done() or self.next is not None)
        with suppress(TimeoutError):
            await workflow.wait_condition(said.done, timeout=_LAST_MOMENT, timeout_summary=Public("The last words"))
        over = True
        unsaid = await said
        if unsaid and self.next:
            self.next.unsaid = [unsaid]

    async def _say_last_words(self, overtaken: Callable[[], bool]) -> Summary | None:
        """Says a summary or a goodbye; returns a summary that did not arrive."""
        state = self._state
        care = state.care(workflow.now())
        if care and state.levels and state.status is Status.TIMED_OUT:
            # In place of the nudge, the person has got a line of care. Nothing reminds them of the session.
            return None
        if state.status is not Status.COMPLETED:
            goodbye = Goodbye(reason=_reason(state), care=care)
            summary, policy = f"Goodbye: {state.status}", policies.COURTESY
            await self._messenger.say(goodbye, summary=summary, policy=policy, overtaken=overtaken)
            return None
        state.stage = Stage.SUMMARY
        profile = await policies.DATABASE.run(
            ProfileStore.read_profile, PersonRef(user_ref=state.user_ref), summary="Read the profile"
        )
        if care:
            # Whoever spoke of danger lately is not told what their words say of them.
            profile = profile.model_copy(update={"insights": []})
        end = Summary(answers=state.answered, profile=profile, analyses_pending=len(state.unanalysed), care=care)
        arrived = await self._messenger.say(
            end, summary="Summary and profile", policy=policies.FAREWELL, overtaken=overtaken
        )
        return None if arrived else end

    async def _erase(self) -> None:
        await policies.DATABASE.run(
            PersonStore.erase_person,
            PersonRef(user_ref=self._state.user_ref),
            summary=f"Erase the person: {'under eighteen' if self._state.underage else 'consent declined'}",
        )

    async def _close(self) -> None:
        state = self._state
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


def _reason(state: SessionState) -> Literal["declined", "not_begun", "stopped", "timed_out", "abandoned", "underage"]:
    match state.status:
        case _ if state.underage:
            return "underage"
        case Status.DECLINED:
            return "declined"
        case _ if state.stage is Stage.CONSENT:
            return "not_begun"
        case Status.TIMED_OUT:
            return "timed_out"
        case _:
            return "stopped" if state.stopped_by_person else "abandoned"
