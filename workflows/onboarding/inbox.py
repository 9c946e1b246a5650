"""Everything that can happen to a session: signals, operators' updates and silence become events in one inbox."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from schema.onboarding.activities import QuestionStore, QuestionToFlag
from schema.onboarding.messages import (
    Arrival,
    ConsentAnswer,
    EditedAnswer,
    FlaggedQuestion,
    FlagQuestion,
    Gesture,
    LanguageChoice,
    OperatorNote,
    SessionProgress,
    SkipRequest,
    SubmittedAnswer,
)
from schema.person import FromPerson
from schema.safety.messages import SafetyAnswer
from schema.vocabulary import Status
from workflows import policies
from workflows.onboarding.events import (
    Arrived,
    ConsentHeard,
    EditHeard,
    Event,
    GoOnHeard,
    LocaleHeard,
    PauseHeard,
    QuestionWithdrawn,
    ResumeHeard,
    SafetyHeard,
    SkipHeard,
    StopHeard,
    TextHeard,
)
from workflows.onboarding.rules.choices import is_choice
from workflows.onboarding.state import SessionState


class SessionInbox:
    """The handlers of `OnboardingSession`. They only put events into the inbox; `run` takes them out.

    A channel may redeliver an update. The update id is the idempotency key: a known one changes nothing.
    """

    _state: SessionState

    @workflow.signal
    def arrive(self, arrival: Arrival) -> None:
        """The person came (back): an open question is shown again."""
        state = self._state
        so_far = state.brought if state.hears_edges else state.deliveries
        self._hear(arrival, Arrived(channel=arrival.channel, deliveries=so_far))

    @workflow.signal
    def answer_consent(self, answer: ConsentAnswer) -> None:
        """The person agreed or declined."""
        self._hear(answer, ConsentHeard(granted=answer.granted, nonce=answer.nonce))

    @workflow.signal
    def submit_answer(self, answer: SubmittedAnswer) -> None:
        """The person wrote, or chose one of the question's choices."""
        chosen = answer.chosen and is_choice(answer.text, answer.nonce, self._state.offered)
        heard = TextHeard(
            update_id=answer.update_id,
            text=answer.text,
            nonce=answer.nonce if chosen or self._state.names(answer.nonce) else self._unnamed,
            heard_at=workflow.now(),
            message_id=answer.message_id,
            more_expected=answer.more_expected,
            chosen=chosen,
            sends=len(self._state.sends),
        )
        self._hear(answer, heard)

    @workflow.signal
    def edit_answer(self, edited: EditedAnswer) -> None:
        """The person edited a message. A message that still waits in the inbox is replaced."""
        self._hear(edited, EditHeard(message_id=edited.message_id, text=edited.text))

    @workflow.signal
    def skip(self, request: SkipRequest) -> None:
        """The person wants another question."""
        heard = SkipHeard(
            nonce=request.nonce or self._unnamed,
            tapped=request.nonce is not None,
            message_id=request.message_id,
            sends=len(self._state.sends),
        )
        self._hear(request, heard)

    @property
    def _unnamed(self) -> str | None:
        """The asking of a message without a nonce: None, or in earlier runs the one last shown."""
        return None if self._state.hears_edges else self._state.shown_nonce

    @workflow.signal
    def pause(self, gesture: Gesture | None = None) -> None:
        """The person wants to rest."""
        self._hear(gesture, PauseHeard(reason="person", nonce=gesture and gesture.nonce))

    @workflow.signal
    def resume(self, gesture: Gesture | None = None) -> None:
        """The person wants to go on."""
        self._hear(gesture, ResumeHeard())

    @workflow.signal
    def go_on(self, gesture: Gesture) -> None:
        """The person needs no rest."""
        self._hear(gesture, GoOnHeard(nonce=gesture.nonce))

    @workflow.signal
    def stop(self, gesture: Gesture | None = None) -> None:
        """The person wants to stop; they get a summary if there are enough answers."""
        self._hear(gesture, StopHeard(reason="person", nonce=gesture and gesture.nonce))

    @workflow.signal
    def answer_safety(self, answer: SafetyAnswer) -> None:
        """The person says whether they are safe, or asks for help."""
        self._hear(answer, SafetyHeard(answer=answer.answer, nonce=answer.nonce, crisis=answer.crisis))

    @workflow.signal
    def choose_language(self, choice: LanguageChoice) -> None:
        """The person chose a language."""
        self._hear(choice, LocaleHeard(locale=choice.locale))

    @workflow.update
    async def pause_by_operator(self, note: OperatorNote) -> SessionProgress:
        """Rests the session; the person is told and may go on at any time."""
        self._state.inbox.append(PauseHeard(reason="operator"))
        await workflow.wait_condition(lambda: self._state.status is not Status.ACTIVE)
        return self._state.progress()

    @pause_by_operator.validator
    def _may_pause(self, note: OperatorNote) -> None:
        if self._state.status is not Status.ACTIVE:
            raise ApplicationError(f"Only an ACTIVE session can be paused; this one is {self._state.status}")

    @workflow.update
    async def abandon_by_operator(self, note: OperatorNote) -> SessionProgress:
        """Ends the session; what was answered is kept."""
        self._state.inbox.append(StopHeard(reason="operator"))
        await workflow.wait_condition(lambda: self._state.status.final)
        return self._state.progress()

    @abandon_by_operator.validator
    def _may_abandon(self, note: OperatorNote) -> None:
        if self._state.status.final:
            raise ApplicationError(f"This session has ended already: {self._state.status}")

    @workflow.update
    async def flag_question(self, flag: FlagQuestion) -> FlaggedQuestion:
        """Withdraws a question from the bank for everyone; if it is open here, the person gets another one."""
        was_open = self._is_open(flag.question_id)
        await policies.DATABASE.run(
            QuestionStore.flag_question,
            QuestionToFlag(question_id=flag.question_id, reason=flag.reason),
            summary=f"Flag {flag.question_id}",
        )
        if was_open:
            self._state.inbox.append(QuestionWithdrawn(question_id=flag.question_id))
            await workflow.wait_condition(lambda: self._state.status.final or not self._is_open(flag.question_id))
        return FlaggedQuestion(question_id=flag.question_id, was_open=was_open)

    @flag_question.validator
    def _may_flag(self, flag: FlagQuestion) -> None:
        if self._state.status.final:
            raise ApplicationError(f"This session has ended already: {self._state.status}")

    @workflow.query
    def progress(self) -> SessionProgress:
        """Where the session stands; no personal text."""
        return self._state.progress()

    def _hear(self, said: FromPerson | None, event: Event) -> None:
        if said and said.update_id is not None:
            if said.update_id in self._state.heard_update_ids:
                return
            self._state.heard_update_ids.append(said.update_id)
        self._state.quiet_since = workflow.now()
        self._state.nudged = False
        match said:
            case Gesture() | SkipRequest() | SubmittedAnswer(chosen=True) if said.nonce in self._state.sends:
                # A tap proves that the message arrived, and its id tells when.
                self._state.sends[said.nonce] = self._state.sends[said.nonce] or said.message_id
        if self._is_second_tap(event):
            return
        if not (isinstance(event, EditHeard) and self._state.amend(event)):
            self._state.inbox.append(event)

    def _is_second_tap(self, event: Event) -> bool:
        """Whether the same button was tapped just before, so that a second tap has no effect."""
        before, nonce = self._state.last_tap, _tapped(event)
        self._state.last_tap = f"{event.kind}:{nonce}" if nonce else None
        return self._state.hears_edges and nonce is not None and self._state.last_tap == before

    def _is_open(self, question_id: str) -> bool:
        return self._state.open is not None and self._state.open.question.question_id == question_id


def _tapped(event: Event) -> str | None:
    """The asking whose button was tapped; None for a command, which names none, and whatever else is no button."""
    match event:
        case ConsentHeard() | SkipHeard() | PauseHeard() | GoOnHeard() | StopHeard() | TextHeard(chosen=True):
            return event.nonce
        case _:
            return None
