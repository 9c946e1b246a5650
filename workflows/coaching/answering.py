"""The story of a reply: hear what was said, crisis first; recall what bears on it; write; deliver; remember."""

from __future__ import annotations

import uuid

from temporalio import workflow

from schema import metrics
from schema.account.activities import PersonStore
from schema.analysis.readings import AnswerReading
from schema.coaching.activities import (
    CoachStore,
    Heard,
    MarkToKeep,
)
from schema.coaching.agreements import OUTCOMES
from schema.coaching.care import SafetyTaken
from schema.coaching.deliveries import CoachReply, StepNoted, WishKept
from schema.coaching.drafts import draft_key
from schema.coaching.marks import ReplyMark
from schema.coaching.messages import MarkedReply, SafetyTap
from schema.coaching.wishes import CONFIRMED_OFFLINE
from schema.danger import Danger, SafetyReply
from schema.deliveries import Goodbye, Message, Notice, NoticeCode
from schema.person import PersonRef
from schema.safety.activities import TextToScreen
from schema.vocabulary import CrisisKind
from workflows import policies
from workflows.coaching.care import Care
from workflows.coaching.hearing import hear
from workflows.coaching.late_answer import KeptLate, keep_late_answer
from workflows.coaching.messenger import CoachMessenger
from workflows.coaching.remembering import Remembering
from workflows.coaching.state import Alarm, CoachState, Waiting
from workflows.coaching.steps_in_words import note_outcome, take_step
from workflows.coaching.writing import Writing, messages_of
from workflows.minors import have_minor_erased

_REPLIES = uuid.UUID("6f2d0a52-39c1-4c6f-9b0e-0f6b1f7b2c11")


class Answering:
    """Answers what a person said, one reply at a time, over the state of their conversation."""

    def __init__(self, state: CoachState, messenger: CoachMessenger) -> None:
        self._state = state
        self._messenger = messenger
        self._replies = 0
        self.care = Care(state, messenger)
        self.remembering = Remembering(state, messenger)
        self._writing = Writing(state, messenger, self.remembering)

    def stop(self, draft: int | None) -> None:
        """Stops the reply that is being written: the one of this draft, or any when None."""
        self._writing.stop(draft)

    async def answer(self, texts: list[Waiting]) -> None:
        """The story of a reply."""
        self._replies += 1
        # The same texts together get the same reply.
        reply_id = self._reply_id(*(text.said.update_id for text in texts))
        label = f"reply {self._replies}"
        if texts[0].said.after_time_out and (late := await keep_late_answer(self._state, texts)):
            await self._take_late(late, reply_id)
            return
        corrects = self._state.correction_at(texts[0].at)
        alarm, self._state.alarm = self._state.alarm, None
        heard = await hear(self._state, texts, reply_id)
        if heard.before:
            # Their worker was killed before the server knew that it had heard them. What came meanwhile waits.
            self._state.waiting[:0] = texts[heard.before.messages :]
            texts, reply_id = texts[: heard.before.messages], heard.before.reply_id
            heard = await hear(self._state, texts, reply_id)
        danger = await self._danger(heard, texts, reply_id)
        sure = danger is not None and danger.sure
        if danger and danger.sure:
            await self.care.support(reply_id, reply_id, danger)
            if heard.known and not heard.reading.minor:
                # What they want left alone.
                self.remembering.begin(reply_id, label, [])
        denied = alarm is not None and not sure and heard.reading.denies_danger
        if heard.known and heard.reading.minor:
            await self._part(reply_id)
        elif alarm and not sure and (answer := self._answers(alarm, heard)):
            taken = await self.care.take(alarm.reply_id, answer, crisis=alarm.danger.kind, told_in=reply_id)
            await self._say_of_safety(reply_id, alarm.reply_id, answer, alarm.danger, taken)
        elif heard.step and not danger and heard.step.act not in OUTCOMES:
            await take_step(self._state, self._messenger, heard.step, texts[-1].said.update_id, reply_id)
        elif not sure:
            # Before the reply, which is to rest on it.
            mended = corrects is not None and await self.remembering.correct(corrects, reply_id)
            if alarm and denied:
                await self.care.take(alarm.reply_id, "misread", crisis=alarm.danger.kind)
            first = [NoticeCode.MISREAD] * denied + [NoticeCode.MEMORY_MENDED] * mended
            noted = await note_outcome(self._state, heard.step, texts[-1].said.update_id) if heard.step else None
            await self._say_reply(heard, danger, reply_id, label, first, noted=noted)
            metrics.REPLY.record(workflow.now() - texts[-1].at)

    async def answer_safety(self, tap: SafetyTap) -> None:
        """Answers what the person says by a button of a danger that was heard in their words."""
        reply_id = str(tap.reply_id)
        self._state.alarm = None
        taken = await self.care.take(reply_id, tap.answer, crisis=tap.crisis)
        danger = Danger(kind=tap.crisis or CrisisKind.SELF_HARM)
        await self._say_of_safety(tap.update_id, reply_id, tap.answer, danger, taken)

    async def hear_edit(self, reading: AnswerReading, text: TextToScreen) -> None:
        """A text that was answered already changes nothing any more; danger in it is heard all the same."""
        key = str(workflow.uuid4())
        danger = await self.care.hear_apart(reading, text, key)
        if danger and danger.sure:
            await self.care.support(key, key, danger)

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
            written = await self._writing.recall_and_write(
                kept.conversation_id, kept.readers if rewords else [], reply_id, label
            )
            marks = [mark for mark in ReplyMark if kept.may_reword or mark is not ReplyMark.DIFFERENTLY]
            said = messages_of(written, reply_id, marks=marks if rewords else [])
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
            await self.care.support(reply_id, reply_id, danger)
        if late.reading.minor:
            await self._part(reply_id)
            return
        await late.analyse(crisis_heard=danger is not None and danger.sure)
        if not (danger and danger.sure):
            said = await late.reaction(danger, reply_id[:8])
            await self._messenger.say(reply_id, *said, summary="A late answer is kept")

    @staticmethod
    def _answers(alarm: Alarm, heard: Heard) -> SafetyReply | None:
        """What words say of the danger that was heard before them, if they say nothing else.

        After a soft word that came with a reply, a mere yes or no answers the reply.
        """
        answer = heard.reading.on_safety
        return answer if alarm.danger.sure or answer == "misread" else None

    async def _say_of_safety(
        self, key: str, reply_id: str, answer: SafetyReply, danger: Danger, taken: SafetyTaken
    ) -> None:
        """Says what becomes of it. Words that were misread get the reply that they were to get."""
        if answer == "help":
            await self.care.support(key, reply_id, danger, again=True)
            return
        said: list[Message] = [Notice(code=NoticeCode.SAFE if answer == "safe" else NoticeCode.MISREAD)]
        if not (taken.waits and taken.conversation_id):
            await self._messenger.say(key, *said, summary=f"Notice: {answer}")
            return
        self._replies += 1
        label = f"reply {self._replies}, to what was misread"
        written = await self._writing.recall_and_write(taken.conversation_id, taken.readers, reply_id, label)
        said += messages_of(written, reply_id, marks=list(ReplyMark))
        await self._messenger.say(key, *said, summary=f"Say {label}", replaces=draft_key(reply_id))
        self.remembering.begin(reply_id, label, taken.readers)

    async def _say_reply(
        self,
        heard: Heard,
        danger: Danger | None,
        reply_id: str,
        label: str,
        first: list[NoticeCode],
        *,
        noted: StepNoted | None,
    ) -> None:
        said = await self._reply(heard, reply_id, label)
        reply = said[0]
        if (
            heard.wish
            and isinstance(reply, CoachReply)
            and not (reply.offline and heard.wish.wish in CONFIRMED_OFFLINE)
        ):
            said.insert(0, WishKept(wish=heard.wish.wish, offline=reply.offline))
        said[:0] = [Notice(code=code) for code in first]
        if noted:
            said.append(noted)
        if heard.insight_waits and isinstance(reply, CoachReply) and not danger:
            said[said.index(reply)] = reply.model_copy(update={"insight_waits": True})
        if danger:
            said.append(self.care.concern(reply_id, danger))
        await self._messenger.say(reply_id, *said, summary=f"Say {label}", replaces=draft_key(reply_id))
        if heard.known:
            self.remembering.begin(reply_id, label, heard.readers)

    async def _danger(self, heard: Heard, texts: list[Waiting], reply_id: str) -> Danger | None:
        if heard.known:
            return await self.care.hear(heard.reading, reply_id)
        # Nothing is kept of who has not agreed, so the net has nothing else to read.
        whole = "\n".join(text.said.text for text in texts)
        return await self.care.hear_apart(heard.reading, TextToScreen(text=whole, locale=heard.locale), reply_id)

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
        written = await self._writing.recall_and_write(heard.conversation_id, heard.readers, reply_id, label)
        return messages_of(written, reply_id, first=heard.first, marks=list(ReplyMark))
