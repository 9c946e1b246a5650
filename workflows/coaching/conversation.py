"""CoachConversation: what a person and the coach say to each other, one reply at a time.

A reply is a story of four steps: hear what was said, crisis first; recall what bears on it; write; deliver. Texts that
come meanwhile wait, and are answered together.
"""

from __future__ import annotations

import uuid
from contextlib import suppress

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema.account.activities import PersonStore
from schema.analysis.readings import OFFLINE_ANALYST
from schema.analysis.routing import ModelRef, Tier
from schema.coaching.activities import (
    Coach,
    CoachStore,
    Heard,
    MessagesToHear,
    MessageToKeep,
    ReplyToPrepare,
    ReplyToWrite,
    ReplyWritten,
    TopicBegun,
)
from schema.coaching.messages import EditedMessage, NewTopic, SaidToCoach, StartCoaching
from schema.coaching.names import COACH_ID
from schema.danger import Danger
from schema.deliveries import CoachReply, Concern, CrisisSupport, Goodbye, Message, Notice, NoticeCode, SafetyQuestion
from schema.person import MORE_WITHIN, PersonRef
from schema.public import Public
from schema.safety.activities import TextScreen, TextToScreen
from workflows import policies
from workflows.coaching.messenger import CoachMessenger
from workflows.coaching.state import CoachState, Waiting
from workflows.minors import have_minor_erased
from workflows.safety.second_net import danger_in_messages, danger_in_text

_REPLIES = uuid.UUID("6f2d0a52-39c1-4c6f-9b0e-0f6b1f7b2c11")


@workflow.defn(name=COACH_ID.workflow_type, failure_exception_types=[ValidationError])
class CoachConversation:
    """A person's conversation with the coach (id `coach-{user_ref}`, started with its signals)."""

    @workflow.init
    def __init__(self, start: StartCoaching) -> None:
        self._start = start
        self._state = CoachState.model_validate(start.carried or {"user_ref": start.user_ref})
        self._messenger = CoachMessenger(self._state)
        self._replies = 0

    @workflow.signal
    def say(self, said: SaidToCoach) -> None:
        """The person wrote to the coach."""
        if self._state.is_new(said.update_id):
            self._state.channel, self._state.locale = said.channel, self._state.locale or said.locale
            self._state.waiting.append(Waiting(said=said, at=workflow.now()))

    @workflow.signal
    def edit(self, edited: EditedMessage) -> None:
        """The person edited a message."""
        self._state.edit(edited)

    @workflow.signal
    def begin_topic(self, topic: NewTopic) -> None:
        """The person begins another conversation."""
        if self._state.is_new(topic.update_id):
            self._state.channel, self._state.locale = topic.channel, self._state.locale or topic.locale
            self._state.topics.append(topic)

    @workflow.run
    async def run(self, start: StartCoaching) -> None:
        """Runs until the person has been silent for a day."""
        while await self._something_comes():
            if self._state.edited:
                await self._hear_edit(self._state.edited.pop(0))
            elif self._state.waiting:
                await self._answer(await self._whole())
            else:
                await self._begin(self._state.topics.pop(0))

    async def _something_comes(self) -> bool:
        """Waits for something to do; False after a long silence."""
        if workflow.info().is_continue_as_new_suggested() and workflow.all_handlers_finished():
            carried = self._state.model_dump(mode="json")
            workflow.continue_as_new(self._start.model_copy(update={"carried": carried}))
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: not self._state.idle,
                timeout=self._start.settings.rests_after,
                timeout_summary=Public("Until the conversation rests"),
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

    async def _answer(self, texts: list[Waiting]) -> None:
        """The story of a reply."""
        self._replies += 1
        # The same texts together get the same reply; one that is brought again beside a new one does not.
        updates = "/".join(text.said.update_id for text in texts)
        reply_id = str(uuid.uuid5(_REPLIES, f"{self._state.user_ref}/{updates}"))
        label = f"reply {self._replies}"
        heard = await self._hear(texts, reply_id)
        if not heard.unanswered:
            return
        danger = await self._danger(heard, texts, reply_id)
        if danger and danger.sure:
            await self._support(reply_id, danger)
        if heard.known and heard.reading.minor:
            await self._part(reply_id)
        elif not (danger and danger.sure):
            await self._say_reply(heard, danger, reply_id, label)

    async def _say_reply(self, heard: Heard, danger: Danger | None, reply_id: str, label: str) -> None:
        said: list[Message] = [await self._reply(heard, reply_id, label)]
        if danger:
            said.append(Concern(danger=danger, nonce=reply_id[:8]))
        await self._messenger.say(reply_id, *said, summary=f"Say {label}")

    async def _hear(self, texts: list[Waiting], reply_id: str) -> Heard:
        heard = await policies.DATABASE.run(
            CoachStore.hear,
            MessagesToHear(
                user_ref=self._state.user_ref,
                reply_id=reply_id,
                messages=[
                    MessageToKeep(update_id=text.said.update_id, text=text.said.text, said_at=text.at) for text in texts
                ],
                locale=texts[0].said.locale,
                conversation_id=texts[0].said.conversation_id or self._state.conversation_id,
            ),
            summary="Hear what was said",
        )
        self._state.locale, self._state.known = heard.locale, heard.known
        return heard

    async def _danger(self, heard: Heard, texts: list[Waiting], reply_id: str) -> Danger | None:
        if heard.known:
            return await danger_in_messages(heard.reading, reply_id)
        # Nothing is kept of who has not agreed, so the net has nothing else to read.
        whole = "\n".join(text.said.text for text in texts)
        return await danger_in_text(heard.reading, TextToScreen(text=whole, locale=heard.locale))

    async def _support(self, reply_id: str, danger: Danger) -> None:
        """Support comes at once and alone."""
        await self._messenger.say(
            reply_id,
            CrisisSupport(crisis=danger.kind, danger=danger),
            SafetyQuestion(nonce=reply_id[:8], crisis=danger.kind),
            summary="Crisis support",
            policy=policies.FAREWELL,
        )

    async def _part(self, reply_id: str) -> None:
        """Says goodbye to a person under eighteen, of whom nothing is kept."""
        ref = PersonRef(user_ref=self._state.user_ref)
        await policies.DATABASE.run(PersonStore.erase_person, ref, summary="Erase the person: under eighteen")
        self._state.known = False
        await self._messenger.say(f"{reply_id}:goodbye", Goodbye(reason="underage"), summary="Goodbye: under eighteen")
        if self._state.channel:
            await have_minor_erased(self._state.user_ref, self._state.channel, self._messenger.locale)

    async def _reply(self, heard: Heard, reply_id: str, label: str) -> Message:
        if not heard.known:
            return Notice(code=NoticeCode.NOT_BEGUN)
        if heard.spent:
            return Notice(code=NoticeCode.ENOUGH_FOR_TODAY)
        assert heard.conversation_id is not None
        await policies.DATABASE.run(
            CoachStore.recall,
            ReplyToPrepare(
                user_ref=self._state.user_ref,
                conversation_id=heard.conversation_id,
                reply_id=reply_id,
                locale=heard.locale,
            ),
            summary=f"Recall for {label}",
        )
        written = await self._write(heard.readers, reply_id, heard, label)
        return CoachReply(
            reply_id=reply_id, text=written.text, offline=written.coach == OFFLINE_ANALYST, first=heard.first
        )

    async def _write(self, readers: list[ModelRef], reply_id: str, heard: Heard, label: str) -> ReplyWritten:
        """Has the reply written by the first model that can, else by the offline coach."""
        reply = ReplyToWrite(user_ref=self._state.user_ref, reply_id=reply_id, locale=heard.locale)
        for reader in readers:
            try:
                return await policies.COACH_REPLY.run(
                    Coach.reply,
                    reply.model_copy(update={"tier": reader.tier}),
                    task_queue=reader.task_queue,
                    summary=f"Write {label}: {reader.analyst}",
                )
            except ActivityError as error:
                # History holds the reason.
                if is_cancelled_exception(error):
                    raise
        reply = reply.model_copy(update={"tier": Tier.OFFLINE})
        return await policies.DATABASE.run(Coach.reply, reply, summary=f"Write {label}: offline")

    async def _begin(self, topic: NewTopic) -> None:
        conversation_id = str(workflow.uuid4())
        begun = TopicBegun(user_ref=self._state.user_ref, conversation_id=conversation_id, began_at=workflow.now())
        started = await policies.DATABASE.run(CoachStore.begin_topic, begun, summary="Begin a topic")
        if started.known:
            self._state.conversation_id = conversation_id
        self._state.known, self._state.locale = started.known, started.locale or self._state.locale
        code = NoticeCode.TOPIC_BEGUN if started.known else NoticeCode.NOT_BEGUN
        await self._messenger.say(conversation_id, Notice(code=code), summary=f"Notice: {code}")

    async def _hear_edit(self, edited: EditedMessage) -> None:
        """A text that was answered already changes nothing any more; it is screened all the same."""
        text = TextToScreen(text=edited.text, locale=self._messenger.locale)
        reading = await policies.DATABASE.run(TextScreen.screen_text, text, summary="Screen an edit")
        danger = await danger_in_text(reading, text)
        if danger and danger.sure:
            await self._support(str(workflow.uuid4()), danger)
