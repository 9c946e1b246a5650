"""Takes what a person writes. Each step of an answer stands here in the order in which it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from temporalio import workflow

from schema import metrics
from schema.analysis.readings import OFFLINE_ANALYST, AnswerReading
from schema.danger import Danger
from schema.deliveries import Concern, Feedback, Message, Notice, NoticeCode
from schema.onboarding.activities import NextStep
from schema.vocabulary import Status
from workflows.analysis.reaction import react
from workflows.onboarding.analyses import RunningAnalyses
from workflows.onboarding.asking import Asking
from workflows.onboarding.care import Care
from workflows.onboarding.events import EditHeard, TextHeard, in_own_words
from workflows.onboarding.messenger import SessionMessenger
from workflows.onboarding.records import KeptAnswer, danger_in, danger_in_kept, record, screen
from workflows.onboarding.state import SessionState
from workflows.safety.second_net import heard_at_once


class Conversation:
    """What the person of one session writes, over the session's state."""

    def __init__(
        self, state: SessionState, messenger: SessionMessenger, asking: Asking, care: Care, analyses: RunningAnalyses
    ) -> None:
        self._state = state
        self._messenger = messenger
        self._asking = asking
        self._care = care
        self._analyses = analyses

    async def take_answer(self, heard: list[TextHeard]) -> None:
        """Takes an answer to the open question: records it, screens it, reacts, goes on."""
        state, asked = self._state, self._state.asked[-1]
        kept = await record(state, asked, heard)
        reading, danger = kept.reading, heard_at_once(kept.reading)
        state.open = None
        state.said = [h.text.strip() for h in heard]
        state.revise(
            asked.nonce,
            outcome="answered",
            words=reading.words,
            chosen=not in_own_words(heard),
            seconds=max(0.0, (heard[0].heard_at - asked.shown_at).total_seconds()) if asked.shown_at else 0.0,
            sharing=reading.sharing,
            tired=reading.tired,
            crisis=danger is not None and danger.sure,
        )
        if await self._ends_for_minor(reading, danger):
            return
        self._analyses.start(kept.pending)
        if danger:
            # Nothing else is begun for who may be in danger.
            danger = await self._weighed(kept)
        if danger and danger.sure:
            await self._care.begin(danger)
            return
        reaction = asyncio.create_task(react(kept.pending, state.locale, asked.question_id))
        weighed = await asyncio.create_task(self._weigh_and_choose(danger or kept))
        if isinstance(weighed, Danger):
            reaction.cancel()
            await self._care.begin(weighed)
            return
        concern, step = weighed
        feedback = await reaction
        state.revise(asked.nonce, quality=feedback.quality, sentiment=feedback.sentiment)
        said = Feedback(
            text=feedback.reflection,
            offline=feedback.analyst == OFFLINE_ANALYST,
            answer_id=kept.answer_id,
            chosen=next((h.text for h in heard if h.chosen), None),
        )
        await self._asking.follow(step, said, *concern)
        metrics.ANSWER_FEEDBACK.record(workflow.now() - heard[-1].heard_at)

    async def _weigh_and_choose(self, answer: Danger | KeptAnswer) -> Danger | tuple[list[Message], NextStep]:
        """The danger in an answer if it is sure; else a soft word and the next step.

        Takes the danger if it was weighed before, else the answer that is to be weighed.
        """
        danger = answer if isinstance(answer, Danger) else await self._weighed(answer)
        if danger and danger.sure:
            return danger
        return self._concern(danger), await self._asking.choose()

    async def _weighed(self, kept: KeptAnswer) -> Danger | None:
        """The danger in an answer, marked."""
        danger = await danger_in_kept(self._state, kept)
        if danger:
            self._state.revise(kept.asked.nonce, crisis=danger.sure, concern=not danger.sure)
        return danger

    async def take_addendum(self, heard: list[TextHeard]) -> None:
        """Records and analyses an addendum to a question that is no longer open. The open question stays."""
        state = self._state
        asked = state.asking(state.asking_of(heard[0]))
        if not asked:
            await self._screen_before_first(heard)
            return
        kept = await record(state, asked, heard)
        reading, danger = kept.reading, heard_at_once(kept.reading)
        state.said += [h.text.strip() for h in heard]
        state.revise(asked.nonce, words=reading.words + (0 if asked.chosen else asked.words), chosen=False)
        if await self._ends_for_minor(reading, danger):
            return
        self._analyses.start(kept.pending)
        if danger := await danger_in_kept(state, kept):
            state.revise(asked.nonce, crisis=asked.crisis or danger.sure, concern=asked.concern or not danger.sure)
        await self._reply(danger, reading, NoticeCode.ADDED_TO_ANSWER)

    async def _screen_before_first(self, heard: list[TextHeard]) -> None:
        """Screens a text from before the first question for a crisis. It answers no question and is not kept."""
        if not self._state.hears_edges:
            await self._asking.show_open()
            return
        reading = await screen(self._state, heard)
        danger = await danger_in(self._state, heard, reading)
        if not await self._ends_for_minor(reading, danger):
            await self._reply(danger, reading, NoticeCode.CAME_BEFORE_QUESTION)

    async def screen_edit(self, edit: EditHeard) -> None:
        """Screens the edit of a recorded answer for a crisis. The edit is not kept."""
        reading = await screen(self._state, [edit])
        danger = await danger_in(self._state, [edit], reading)
        if not danger or not danger.sure:
            notice = Notice(code=NoticeCode.EDIT_CAME_LATE)
            await self._messenger.say(notice, *self._concern(danger), summary="Too late for an edit")
            return
        # The edited answer is not known any more, so the last answer gets the mark.
        answered = [a.nonce for a in self._state.asked if a.outcome == "answered"]
        if answered:
            self._state.revise(answered[-1], crisis=True)
        await self._care.begin(danger)

    async def answer_before_consent(self, heard: Sequence[TextHeard | EditHeard]) -> None:
        """Screens a text from before consent for a crisis. The text is not kept."""
        state = self._state
        reading = await screen(state, heard)
        danger = await danger_in(state, heard, reading)
        if await self._ends_for_minor(reading, danger):
            return
        if danger and danger.sure:
            await (self._care.begin if state.levels else self._care.support)(danger)
        elif state.safety_nonce:
            await self._care.hear(reading)
        else:
            notice = Notice(code=NoticeCode.CONSENT_FIRST, nonce=state.consent_nonce)
            await self._messenger.say(*self._concern(danger), notice, summary="Consent first")

    async def _reply(self, danger: Danger | None, reading: AnswerReading, code: NoticeCode) -> None:
        """Replies to a text that answers no open question: by care, else by a notice of what became of it."""
        state, notice = self._state, Notice(code=code)
        if danger and danger.sure:
            await self._care.begin(danger)
        elif state.safety_nonce:
            await self._care.hear(reading)
        elif state.open and state.open.nonce == state.shown_nonce:
            await self._messenger.say(notice, *self._concern(danger), summary=f"Notice: {code}")
        else:
            await self._asking.show_open(notice, *self._concern(danger))

    def _concern(self, danger: Danger | None) -> list[Message]:
        """The soft sentence for a danger that is not sure."""
        if not danger or danger.sure:
            return []
        return [Concern(danger=danger, nonce=self._state.next_safety_nonce())]

    async def _ends_for_minor(self, reading: AnswerReading, danger: Danger | None) -> bool:
        """Ends the session of a person who says that they are under eighteen; never before help."""
        if not (self._state.levels and reading.minor):
            return False
        if danger and danger.sure:
            await self._care.support(danger)
        self._state.underage, self._state.status = True, Status.DECLINED
        return True
