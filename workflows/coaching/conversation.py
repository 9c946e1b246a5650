"""CoachConversation: what a person and the coach say to each other, one reply at a time.

Texts that come while a reply is written wait, and are answered together.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from pydantic import ValidationError
from temporalio import workflow

from schema.account.activities import LocaleChosen, PersonStore
from schema.coaching.activities import CoachStore, TopicBegun
from schema.coaching.messages import (
    ArrivedAtCoach,
    CoachLanguage,
    EditedMessage,
    MarkedReply,
    MemoryToCorrect,
    NewTopic,
    ReplyStopped,
    SafetyTap,
    SaidToCoach,
    StartCoaching,
)
from schema.coaching.names import COACH_ID
from schema.deliveries import Notice, NoticeCode
from schema.person import MORE_WITHIN, PersonRef
from schema.public import Public
from schema.safety.activities import TextScreen, TextToScreen
from schema.vocabulary import Locale
from workflows import policies
from workflows.coaching.answering import Answering
from workflows.coaching.messenger import CoachMessenger
from workflows.coaching.state import CoachState, Tapped, Waiting
from workflows.trace_context import continued


@workflow.defn(name=COACH_ID.workflow_type, failure_exception_types=[ValidationError])
class CoachConversation:
    """A person's conversation with the coach (id `coach-{user_ref}`, started with its signals)."""

    @workflow.init
    def __init__(self, start: StartCoaching) -> None:
        self._start = start
        self._state = CoachState.model_validate(start.carried or {"user_ref": start.user_ref})
        self._messenger = CoachMessenger(self._state)
        self._answering = Answering(self._state, self._messenger)
        self._met_nobody = False
        """Whether it was begun for somebody who has a session first: then it ends at once."""

    @workflow.signal
    def say(self, said: SaidToCoach) -> None:
        """The person wrote to the coach."""
        if self._state.takes(said):
            self._state.waiting.append(Waiting(said=said, at=workflow.now()))

    @workflow.signal
    def edit(self, edited: EditedMessage) -> None:
        """The person edited a message."""
        self._state.edit(edited)

    @workflow.signal
    def mark(self, marked: MarkedReply) -> None:
        """The person tapped a button under a reply."""
        if self._state.takes(marked):
            self._state.marks.append(marked)

    @workflow.signal
    def answer_safety(self, tap: SafetyTap) -> None:
        """The person says by a button whether they are safe, or that danger was misread in their words."""
        if self._state.takes(tap):
            self._state.told.append(tap)

    @workflow.signal
    def correct(self, tap: MemoryToCorrect) -> None:
        """The person begins to put a memory right, or leaves it as it is."""
        if self._state.takes(tap):
            self._state.taps.append(Tapped(tap=tap, at=workflow.now()))

    @workflow.signal
    def choose_language(self, choice: CoachLanguage) -> None:
        """The person chose a language."""
        self._state.choose_language(choice)

    @workflow.signal
    def begin_topic(self, topic: NewTopic) -> None:
        """The person begins another conversation."""
        if self._state.takes(topic):
            self._state.topics.append(topic)

    @workflow.update
    async def welcome(self, arrived: ArrivedAtCoach) -> bool:
        """Greets who has come to the end of a session before. Returns False for others: they get a session first."""
        ref = PersonRef(user_ref=self._state.user_ref)
        known = await policies.DATABASE.run(CoachStore.recognise, ref, summary="Recognise the person")
        if not (known.locale and known.finished):
            self._met_nobody = self._state.channel is None
            return False
        self._state.channel, self._state.known = arrived.channel, True
        self._state.speaks(known.locale)
        code = NoticeCode.COACH_GOES_ON
        await self._messenger.say(str(workflow.uuid4()), Notice(code=code), summary=f"Notice: {code}")
        return True

    @workflow.signal
    def stop(self, stopped: ReplyStopped) -> None:
        """The person stops the reply that is being written."""
        self._answering.stop(stopped.draft)

    @workflow.run
    async def run(self, start: StartCoaching) -> None:
        """Runs until the person has been silent for a day."""
        self._answering.care.resume()
        while await self._something_comes():
            if self._state.told:
                await self._answering.answer_safety(self._state.told.pop(0))
            elif self._state.edited:
                await self._hear_edit(self._state.edited.pop(0))
            elif self._state.chosen_locale:
                await self._remember_language(self._state.chosen_locale)
            elif self._state.marks:
                await self._answering.answer_mark(self._state.marks.pop(0))
            elif self._state.tapped_first:
                await self._answering.remembering.answer_tap(self._state.taps.pop(0))
            elif self._state.waiting:
                with continued(self._state.waiting[0].trace):
                    await self._answering.answer(await self._whole())
            else:
                await self._begin(self._state.topics.pop(0))
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _something_comes(self) -> bool:
        """Waits for something to do; False after a long silence."""
        ends = workflow.info().is_continue_as_new_suggested() and workflow.all_handlers_finished()
        # A look for an insight may take minutes, and a person may wait.
        if ends and not self._answering.remembering.looks:
            await self._answering.remembering.drain()
            carried = self._state.model_dump(mode="json")
            workflow.continue_as_new(self._start.model_copy(update={"carried": carried}))
        settings = self._start.settings
        if not await self._hears_within(settings.reflects_after, "Until it is thought over") and self._state.thinks:
            await self._answering.remembering.reflect(settings.insights)
        if self._met_nobody:
            return not self._state.idle
        if await self._hears_within(settings.rests_after - settings.reflects_after, "Until the conversation rests"):
            return True
        await self._answering.remembering.drain()
        return not self._state.idle

    async def _hears_within(self, time: timedelta, summary: str) -> bool:
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._met_nobody or not self._state.idle, timeout=time, timeout_summary=Public(summary)
            )
        return not self._state.idle

    async def _whole(self) -> list[Waiting]:
        """The texts that are answered together. Waits for an announced next part."""
        texts = self._state.take_together()
        while texts[-1].said.more_expected:
            try:
                await workflow.wait_condition(
                    lambda: bool(self._state.waiting),
                    timeout=MORE_WITHIN,
                    timeout_summary=Public("The next part of a letter"),
                )
            except TimeoutError:
                break
            if self._state.waiting[0].said.conversation_id != texts[0].said.conversation_id:
                break
            texts += self._state.take_together()
        return texts

    async def _begin(self, topic: NewTopic) -> None:
        conversation_id = str(workflow.uuid4())
        begun = TopicBegun(user_ref=self._state.user_ref, conversation_id=conversation_id, began_at=workflow.now())
        started = await policies.DATABASE.run(CoachStore.begin_topic, begun, summary="Begin a topic")
        if started.known:
            self._state.conversation_id = conversation_id
        self._state.known = started.known
        if started.locale:
            self._state.speaks(started.locale)
        code = NoticeCode.TOPIC_BEGUN if started.known else NoticeCode.NOT_BEGUN
        await self._messenger.say(conversation_id, Notice(code=code), summary=f"Notice: {code}")

    async def _remember_language(self, locale: Locale) -> None:
        """Keeps a language before anything is read in it. Nothing is kept of who has not agreed."""
        chosen = LocaleChosen(user_ref=self._state.user_ref, locale=locale)
        await policies.DATABASE.run(PersonStore.remember_locale, chosen, summary=f"Remember language {locale}")
        if self._state.chosen_locale is locale:
            self._state.chosen_locale = None

    async def _hear_edit(self, edited: EditedMessage) -> None:
        """A text that was answered already changes nothing any more; it is screened all the same."""
        text = TextToScreen(text=edited.text, locale=self._messenger.locale)
        reading = await policies.DATABASE.run(TextScreen.screen_text, text, summary="Screen an edit")
        await self._answering.hear_edit(reading, text)
