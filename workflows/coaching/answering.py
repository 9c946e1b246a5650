"""The story of a reply: hear what was said, crisis first; recall what bears on it; write; deliver; remember."""

from __future__ import annotations

import uuid

from temporalio import workflow

from schema.account.activities import PersonStore
from schema.analysis.readings import OFFLINE_ANALYST
from schema.analysis.routing import ModelRef
from schema.coaching.activities import (
    CoachStore,
    Heard,
    MarkToKeep,
    MessagesToHear,
    MessageToKeep,
    ReplyToPrepare,
    ReplyWritten,
)
from schema.coaching.agreements import OUTCOMES, StepAnswer
from schema.coaching.deliveries import CoachReply, StepNoted, StepProposal, StepQuestion, WishKept
from schema.coaching.drafts import draft_key
from schema.coaching.marks import ReplyMark
from schema.coaching.messages import MarkedReply
from schema.coaching.wishes import CONFIRMED_OFFLINE
from schema.danger import Danger
from schema.deliveries import Concern, CrisisSupport, Goodbye, Message, Notice, NoticeCode, SafetyQuestion
from schema.person import PersonRef
from schema.safety.activities import TextToScreen
from workflows import policies
from workflows.coaching.late_answer import KeptLate, keep_late_answer
from workflows.coaching.messenger import CoachMessenger
from workflows.coaching.remembering import Remembering
from workflows.coaching.state import CoachState, Waiting
from workflows.coaching.steps_in_words import follow_up_on, note_outcome
from workflows.coaching.writing import Writing
from workflows.minors import have_minor_erased
from workflows.safety.second_net import danger_in_messages, danger_in_text

_REPLIES = uuid.UUID("6f2d0a52-39c1-4c6f-9b0e-0f6b1f7b2c11")


class Answering:
    """Answers what a person said, one reply at a time, over the state of their conversation."""

    def __init__(self, state: CoachState, messenger: CoachMessenger) -> None:
        self._state = state
        self._messenger = messenger
        self._replies = 0
        self.remembering = Remembering(state, messenger)
        self._writing = Writing(state, messenger)

    def stop(self, draft: int | None) -> None:
        """Stops the reply that is being written: the one of this draft, or any when None."""
        self._writing.stop(draft)

    async def answer(self, texts: list[Waiting]) -> None:
        """The story of a reply."""
        self._replies += 1
        # The same texts together get the same reply; one that is brought again beside a new one does not.
        reply_id = self._reply_id(*(text.said.update_id for text in texts))
        label = f"reply {self._replies}"
        if texts[0].said.after_time_out and (late := await keep_late_answer(self._state, texts)):
            await self._take_late(late, reply_id)
            return
        corrects = self._state.correction_at(texts[0].at)
        heard = await self._hear(texts, reply_id)
        if not heard.unanswered:
            return
        danger = await self._danger(heard, texts, reply_id)
        if danger and danger.sure:
            await self.support(reply_id, danger)
        if heard.known and heard.reading.minor:
            await self._part(reply_id)
        elif heard.step and not danger and heard.step.act not in OUTCOMES:
            await self._take_step(heard.step, texts[-1].said.update_id, reply_id)
        elif not (danger and danger.sure):
            # Before the reply, which is to rest on it.
            mended = corrects is not None and await self.remembering.correct(corrects, reply_id)
            noted = await note_outcome(self._state, heard.step, texts[-1].said.update_id) if heard.step else None
            await self._say_reply(heard, danger, reply_id, label, mended=mended, noted=noted)

    async def answer_mark(self, marked: MarkedReply) -> None:
        """Answers a button under a reply by another one: the same said differently, a question, a line that closes."""
        self._replies += 1
        reply_id, label = self._reply_id(marked.update_id), f"reply {self._replies}"
        kept = await policies.DATABASE.run(
            CoachStore.keep_mark,
            MarkToKeep(
                user_ref=self._state.user_ref,
                marked_id=marked.reply_id and str(marked.reply_id),
                mark=marked.mark,
                update_id=marked.update_id,
                reply_id=reply_id,
                marked_at=workflow.now(),
            ),
            summary=f"Keep what is said about a reply: {marked.mark}",
        )
        if kept.known and kept.locale:
            self._state.known = True
            self._state.speaks(kept.locale)
        rewords = marked.mark is ReplyMark.DIFFERENTLY
        if kept.fresh and kept.conversation_id:
            # What is asked and how one parts are fixed lines.
            written = await self._write_reply(kept.conversation_id, kept.readers if rewords else [], reply_id, label)
            marks = [mark for mark in ReplyMark if kept.may_reword or mark is not ReplyMark.DIFFERENTLY]
            said = _said(written, reply_id, marks=marks if rewords else [])
        elif rewords or not kept.known:
            said = [Notice(code=NoticeCode.BUTTON_IS_OLD)]
        else:
            return
        summary = f"Say {label}: {marked.mark}"
        await self._messenger.say(reply_id, *said, summary=summary, replaces=draft_key(reply_id))

    def _reply_id(self, *updates: str) -> str:
        return str(uuid.uuid5(_REPLIES, f"{self._state.user_ref}/{'/'.join(updates)}"))

    async def _take_late(self, late: KeptLate, reply_id: str) -> None:
        danger = await late.danger()
        if danger and danger.sure:
            await self.support(reply_id, danger)
        if late.reading.minor:
            await self._part(reply_id)
            return
        await late.analyse(crisis_heard=danger is not None and danger.sure)
        if not (danger and danger.sure):
            said = await late.reaction(danger, reply_id[:8])
            await self._messenger.say(reply_id, *said, summary="A late answer is kept")

    async def _take_step(self, step: StepAnswer, update_id: str, reply_id: str) -> None:
        """Takes a yes or a no to a step, or asks how one went that the person speaks of."""
        if step.act is None:
            question = StepQuestion(agreement_id=step.agreement_id, what=step.what)
            await self._messenger.say(reply_id, question, summary="Ask how a step went")
        else:
            await follow_up_on(self._state, step, update_id)

    async def _say_reply(
        self, heard: Heard, danger: Danger | None, reply_id: str, label: str, *, mended: bool, noted: StepNoted | None
    ) -> None:
        said = await self._reply(heard, reply_id, label)
        reply = said[0]
        if (
            heard.wish
            and isinstance(reply, CoachReply)
            and not (reply.offline and heard.wish.wish in CONFIRMED_OFFLINE)
        ):
            said.insert(0, WishKept(wish=heard.wish.wish, offline=reply.offline))
        if mended:
            said.insert(0, Notice(code=NoticeCode.MEMORY_MENDED))
        if noted:
            said.append(noted)
        if heard.insight_waits and isinstance(reply, CoachReply) and not danger:
            said[said.index(reply)] = reply.model_copy(update={"insight_waits": True})
        if danger:
            said.append(Concern(danger=danger, nonce=reply_id[:8]))
        await self._messenger.say(reply_id, *said, summary=f"Say {label}", replaces=draft_key(reply_id))
        if heard.known:
            self.remembering.begin(reply_id, label, heard.readers)

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
        self._state.speaks(heard.locale)
        self._state.known = heard.known
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
        written = await self._write_reply(heard.conversation_id, heard.readers, reply_id, label)
        return _said(written, reply_id, first=heard.first, marks=list(ReplyMark))

    async def _write_reply(
        self, conversation_id: str, readers: list[ModelRef], reply_id: str, label: str
    ) -> ReplyWritten:
        """Recalls what a reply is to rest on, and has it written."""
        self.remembering.catch_up()
        await self.remembering.settle()
        await policies.DATABASE.run(
            CoachStore.recall,
            ReplyToPrepare(
                user_ref=self._state.user_ref,
                conversation_id=conversation_id,
                reply_id=reply_id,
                locale=self._messenger.locale,
            ),
            summary=f"Recall for {label}",
        )
        return await self._writing.write(readers, reply_id, label)


def _said(written: ReplyWritten, reply_id: str, *, first: bool = False, marks: list[ReplyMark]) -> list[Message]:
    """What the person gets of a reply. A step that it proposes follows it; what was stopped at once says nothing."""
    if not written.text:
        return [Notice(code=NoticeCode.REPLY_STOPPED)]
    offline = written.coach == OFFLINE_ANALYST
    said: list[Message] = [CoachReply(reply_id=reply_id, text=written.text, offline=offline, first=first, marks=marks)]
    if step := written.step:
        said.append(StepProposal(agreement_id=step.agreement_id, what=step.what))
    return said
