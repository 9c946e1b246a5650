"""The effect of each event on a session, one handler for each."""

from __future__ import annotations

from temporalio import workflow

from schema.deliveries import Notice, NoticeCode, Nudge, Paused
from schema.vocabulary import Stage, Status
from workflows import policies
from workflows.onboarding.asking import Asking
from workflows.onboarding.care import Care
from workflows.onboarding.conversation import Conversation
from workflows.onboarding.events import (
    Arrived,
    ConsentHeard,
    CrisisSeen,
    EditHeard,
    Event,
    GoOnHeard,
    LocaleHeard,
    PauseHeard,
    QuestionWithdrawn,
    ResumeHeard,
    SafetyHeard,
    SilenceFell,
    SkipHeard,
    StopHeard,
    TextHeard,
)
from workflows.onboarding.inbox import SessionInbox
from workflows.onboarding.message_parts import whole_letter
from workflows.onboarding.messenger import SessionMessenger
from workflows.onboarding.opening import open_session
from workflows.onboarding.records import remember_locale


class SessionHandlers(SessionInbox):
    """The handlers of `OnboardingSession`'s events. `run` calls them one at a time."""

    _messenger: SessionMessenger
    _asking: Asking
    _care: Care
    _conversation: Conversation

    async def _take(self, event: Event) -> None:
        match event:
            case TextHeard():
                await self._on_text(event)
            case EditHeard():
                await self._on_late_edit(event)
            case ConsentHeard():
                await self._on_consent(event)
            case SkipHeard():
                await self._on_skip(event)
            case Arrived():
                await self._on_arrival(event)
            case LocaleHeard():
                await self._on_locale(event)
            case PauseHeard():
                await self._on_pause(event)
            case ResumeHeard():
                await self._on_resume()
            case GoOnHeard():
                await self._on_going_on(event)
            case StopHeard():
                await self._on_stop(event)
            case SilenceFell():
                await self._on_silence(event)
            case CrisisSeen():
                await self._care.after_analysis(event)
            case SafetyHeard():
                await self._care.take_answer(event)
            case QuestionWithdrawn():
                if self._state.open and self._state.open.question.question_id == event.question_id:
                    await self._asking.put_aside("withdrawn", NoticeCode.QUESTION_WITHDRAWN)

    async def _on_text(self, first: TextHeard) -> None:
        if self._state.is_over(first):
            await self._refuse(NoticeCode.CHOICE_CAME_LATE)
            return
        heard = await whole_letter(self._state, first)
        if self._state.stage is Stage.CONSENT:
            await self._conversation.answer_before_consent(heard)
            return
        told = [h for h in heard if h.text.strip()]
        if not told:
            await self._notice(NoticeCode.EMPTY_ANSWER)
            return
        self._wake()
        nonce = self._state.asking_of(first)
        if self._state.open and self._state.open.nonce == nonce:
            await self._conversation.take_answer(told)
        elif news := [h for h in told if not self._is_repeated(nonce, h)]:
            await self._conversation.take_addendum(news)

    def _is_repeated(self, nonce: str | None, heard: TextHeard) -> bool:
        """Whether a text repeats one of the previous answer. A text after a crisis never counts as repeated."""
        asked = self._state.asking(nonce)
        answered = [a.nonce for a in self._state.asked if a.outcome == "answered"]
        return (
            self._state.hears_edges
            and asked is not None
            and not asked.crisis
            and answered[-1:] == [nonce]
            and heard.text.strip() in self._state.said
        )

    async def _on_late_edit(self, event: EditHeard) -> None:
        if self._state.stage is Stage.CONSENT:
            await self._conversation.answer_before_consent([event])
        else:
            await self._conversation.screen_edit(event)

    async def _on_consent(self, event: ConsentHeard) -> None:
        if self._state.stage is not Stage.CONSENT or event.nonce not in (None, self._state.consent_nonce):
            await self._notice(NoticeCode.BUTTON_IS_OLD)
        elif event.granted:
            self._wake()
            await open_session(self._state)
            await self._asking.show_open()
        else:
            self._state.status = Status.DECLINED

    async def _on_skip(self, event: SkipHeard) -> None:
        is_open = self._state.open is not None and self._state.open.nonce == self._state.asking_of(event)
        if is_open and self._state.status is Status.ACTIVE:
            await self._asking.put_aside("skipped", NoticeCode.SKIPPED)
        elif self._state.safety_nonce and not event.tapped:
            await self._care.go_past()
        else:
            await self._refuse(NoticeCode.BUTTON_IS_OLD if event.tapped else NoticeCode.NOTHING_TO_SKIP)

    async def _on_arrival(self, event: Arrived) -> None:
        state = self._state
        moved, state.channel = event.channel != state.channel, event.channel
        # Otherwise the session has asked something since the arrival, for example when the arrival started it.
        so_far = state.brought if state.hears_edges else state.deliveries
        waits = state.hears_edges and (moved or state.status is Status.PAUSED)
        if waits or so_far == event.deliveries:
            self._wake()
            await self._asking.show_open()

    async def _on_locale(self, event: LocaleHeard) -> None:
        self._state.locale = event.locale
        await remember_locale(self._state, event.locale)
        await self._asking.reword_open()
        if self._state.status is Status.ACTIVE or self._state.safety_nonce:
            await self._asking.show_open()

    async def _on_pause(self, event: PauseHeard) -> None:
        state, by_person = self._state, event.reason == "person"
        again = state.status is Status.PAUSED and event.nonce is not None
        if by_person and (state.stage is Stage.CONSENT or again or not state.has_open(event.nonce)):
            await self._refuse(NoticeCode.BUTTON_IS_OLD)
            return
        state.status = Status.PAUSED
        await self._messenger.say(Paused(reason=event.reason), summary=f"Paused by {event.reason}")

    async def _on_resume(self) -> None:
        if self._state.status is not Status.PAUSED:
            await self._refuse(NoticeCode.NOTHING_TO_RESUME)
            return
        self._wake()
        await self._asking.show_open(Notice(code=NoticeCode.RESUMED))

    async def _on_going_on(self, event: GoOnHeard) -> None:
        if not self._state.has_open(event.nonce):
            await self._refuse(NoticeCode.BUTTON_IS_OLD)
        elif self._state.status is Status.PAUSED:
            await self._on_resume()
        # Otherwise the question is on the screen already, and nothing is sent.

    async def _on_stop(self, event: StopHeard) -> None:
        state = self._state
        if not state.has_open(event.nonce):
            await self._refuse(NoticeCode.BUTTON_IS_OLD)
            return
        state.stopped_by_person = event.reason == "person"
        enough = state.answered >= state.settings.min_questions
        state.status = Status.COMPLETED if enough and state.stopped_by_person else Status.ABANDONED

    async def _on_silence(self, event: SilenceFell) -> None:
        if event.quiet_since != self._state.quiet_since:
            return
        match event.due:
            case "nudge" if self._state.stage is Stage.CONSENT:
                await self._asking.ask_consent(Nudge(before_consent=True), policy=policies.COURTESY)
            case "nudge":
                nudge = Nudge(care=self._state.care(workflow.now()))
                await self._messenger.say(nudge, summary="Nudge after a silence", policy=policies.COURTESY)
            case "time_out":
                self._state.status = Status.TIMED_OUT
            case "abandon":
                self._state.status = Status.ABANDONED

    async def _refuse(self, code: NoticeCode) -> None:
        """Tells the person why nothing changes; before consent, that nothing has begun."""
        if self._state.stage is Stage.CONSENT:
            notice = Notice(code=NoticeCode.NOT_BEGUN, nonce=self._state.consent_nonce)
            await self._messenger.say(notice, summary="Not begun yet")
        else:
            await self._notice(code)

    async def _notice(self, code: NoticeCode) -> None:
        await self._messenger.say(Notice(code=code), summary=f"Notice: {code}")

    def _wake(self) -> None:
        # Only an answer to the question of safety ends the rest after a cry for help.
        if self._state.status is Status.PAUSED and not self._state.safety_nonce:
            self._state.status = Status.ACTIVE
