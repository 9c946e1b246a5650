"""The story of a reply: hear what was said, crisis first; recall what bears on it; write; deliver."""

from __future__ import annotations

import uuid

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
)
from schema.danger import Danger
from schema.deliveries import (
    CoachReply,
    Concern,
    CrisisSupport,
    Goodbye,
    Message,
    Notice,
    NoticeCode,
    SafetyQuestion,
    StepProposal,
)
from schema.person import PersonRef
from schema.safety.activities import TextToScreen
from workflows import policies
from workflows.coaching.messenger import CoachMessenger
from workflows.coaching.state import CoachState, Waiting
from workflows.minors import have_minor_erased
from workflows.safety.second_net import danger_in_messages, danger_in_text

_REPLIES = uuid.UUID("6f2d0a52-39c1-4c6f-9b0e-0f6b1f7b2c11")


class Answering:
    """Answers what a person said, one reply at a time, over the state of their conversation."""

    def __init__(self, state: CoachState, messenger: CoachMessenger) -> None:
        self._state = state
        self._messenger = messenger
        self._replies = 0

    async def answer(self, texts: list[Waiting]) -> None:
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
            await self.support(reply_id, danger)
        if heard.known and heard.reading.minor:
            await self._part(reply_id)
        elif not (danger and danger.sure):
            await self._say_reply(heard, danger, reply_id, label)

    async def _say_reply(self, heard: Heard, danger: Danger | None, reply_id: str, label: str) -> None:
        said = await self._reply(heard, reply_id, label)
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

    async def support(self, reply_id: str, danger: Danger) -> None:
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

    async def _reply(self, heard: Heard, reply_id: str, label: str) -> list[Message]:
        if not heard.known:
            return [Notice(code=NoticeCode.NOT_BEGUN)]
        if heard.spent:
            return [Notice(code=NoticeCode.ENOUGH_FOR_TODAY)]
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
        reply = CoachReply(
            reply_id=reply_id, text=written.text, offline=written.coach == OFFLINE_ANALYST, first=heard.first
        )
        step = written.step
        return [reply, *([StepProposal(agreement_id=step.agreement_id, what=step.what)] if step else [])]

    async def _write(self, readers: list[ModelRef], reply_id: str, heard: Heard, label: str) -> ReplyWritten:
        """Has the reply written by the first model that can, else by the offline coach."""
        reply = ReplyToWrite(
            user_ref=self._state.user_ref, reply_id=reply_id, locale=heard.locale, channel=self._state.channel
        )
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
