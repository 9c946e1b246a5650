"""Asks questions and takes answers. Each step of an answer stands here in the order in which it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

from temporalio import workflow

from schema.deliveries import CrisisSupport, FatigueOffer, Feedback, Message, Notice, NoticeCode, Paused
from schema.onboarding.activities import (
    AskedQuestion,
    ChooseNext,
    NextStep,
    QuestionInLocale,
    QuestionStore,
)
from schema.vocabulary import CrisisKind, Status
from workflows import policies
from workflows.analysis.reaction import react
from workflows.onboarding.analyses import RunningAnalyses
from workflows.onboarding.events import CrisisSeen, EditHeard, TextHeard
from workflows.onboarding.messenger import SessionMessenger
from workflows.onboarding.records import record, screen
from workflows.onboarding.state import OpenQuestion, PendingAnalysis, SessionState


class Conversation:
    """The questions and answers of one session, over its state."""

    def __init__(self, state: SessionState, messenger: SessionMessenger, analyses: RunningAnalyses) -> None:
        self._state = state
        self._messenger = messenger
        self._analyses = analyses

    async def take_answer(self, heard: list[TextHeard]) -> None:
        """Takes an answer to the open question: records it, screens it, reacts, goes on."""
        asked = self._state.asked[-1]
        answer_id, reading = await record(self._state, asked, heard)
        self._state.open = None
        self._state.said = [h.text.strip() for h in heard]
        self._state.revise(
            asked.nonce,
            outcome="answered",
            words=reading.words,
            seconds=max(0.0, (heard[0].heard_at - asked.shown_at).total_seconds()) if asked.shown_at else 0.0,
            sharing=reading.sharing,
            tired=reading.tired,
            crisis=reading.crisis is not None,
        )
        answer = PendingAnalysis(answer_id=answer_id, route=reading.route, nonce=asked.nonce)
        self._analyses.start(answer)
        if reading.crisis:
            await self._care(reading.crisis)
            return
        feedback, step = await asyncio.gather(react(answer, self._state.locale, asked.question_id), self._choose())
        self._state.revise(asked.nonce, quality=feedback.quality, sentiment=feedback.sentiment)
        await self._follow(step, Feedback(text=feedback.reflection, offline=feedback.analyst == "offline"))

    async def take_addendum(self, heard: list[TextHeard]) -> None:
        """Records and analyses an addendum to a question that is no longer open. The open question stays."""
        asked = self._state.asking(self._state.asking_of(heard[0]))
        if not asked:
            await self._screen_before_first(heard)
            return
        answer_id, reading = await record(self._state, asked, heard)
        self._state.said += [h.text.strip() for h in heard]
        self._analyses.start(PendingAnalysis(answer_id=answer_id, route=reading.route, nonce=asked.nonce))
        if reading.crisis:
            self._state.revise(asked.nonce, crisis=True)
            await self._care(reading.crisis)
        elif self._state.open and self._state.open.nonce == self._state.shown_nonce:
            await self._messenger.say(Notice(code=NoticeCode.ADDED_TO_ANSWER), summary="Added to the answer before")
        else:
            await self.show_open(Notice(code=NoticeCode.ADDED_TO_ANSWER))

    async def _screen_before_first(self, heard: list[TextHeard]) -> None:
        """Screens a text from before the first question for a crisis. It answers no question and is not kept."""
        state = self._state
        if not state.hears_edges:
            await self.show_open()
            return
        reading = await screen(self._state, heard)
        notice = Notice(code=NoticeCode.CAME_BEFORE_QUESTION)
        if reading.crisis:
            await self._care(reading.crisis)
        elif state.open and state.open.nonce == state.shown_nonce:
            await self._messenger.say(notice, summary="Came before the question")
        else:
            await self.show_open(notice)

    async def screen_edit(self, edit: EditHeard) -> None:
        """Screens the edit of a recorded answer for a crisis. The edit is not kept."""
        reading = await screen(self._state, [edit])
        if not reading.crisis:
            await self._messenger.say(Notice(code=NoticeCode.EDIT_CAME_LATE), summary="Too late for an edit")
            return
        # The edited answer is not known any more, so the last answer gets the mark.
        answered = [a.nonce for a in self._state.asked if a.outcome == "answered"]
        if answered:
            self._state.revise(answered[-1], crisis=True)
        await self._care(reading.crisis)

    async def answer_before_consent(self, heard: Sequence[TextHeard | EditHeard]) -> None:
        """Screens a text from before consent for a crisis. The text is not kept."""
        reading = await screen(self._state, heard)
        if reading.crisis:
            await self.support(reading.crisis)
        else:
            notice = Notice(code=NoticeCode.CONSENT_FIRST, nonce=self._state.consent_nonce)
            await self._messenger.say(notice, summary="Consent first")

    async def put_aside(self, outcome: Literal["skipped", "withdrawn"], notice: NoticeCode) -> None:
        """Closes the open question without an answer and asks another."""
        self._close_open(outcome)
        await self.go_on(Notice(code=notice))

    async def care_after_analysis(self, seen: CrisisSeen) -> None:
        """Cares for a crisis that the deep analysis found, unless the local rules had found it already."""
        if self.is_new_crisis(seen):
            await self._care(seen.crisis)

    async def go_on(self, *before: Message) -> None:
        """Chooses the next question and shows it after other messages."""
        await self._follow(await self._choose(), *before)

    async def show_open(self, *before: Message) -> None:
        """Shows the open question (again); chooses one if none is open."""
        if self._state.open:
            await self._messenger.ask(self._state.open, *before)
        else:
            await self.go_on(*before)

    async def reword_open(self) -> None:
        """The open question in the session's language."""
        if self._state.open:
            worded = await policies.DATABASE.run(
                QuestionStore.word_question,
                QuestionInLocale(question_id=self._state.open.question.question_id, locale=self._state.locale),
                summary=f"Word the open question in {self._state.locale}",
            )
            self._state.open = self._state.open.model_copy(update={"question": worded})

    async def support(self, crisis: CrisisKind, policy: policies.RemotePolicy = policies.DELIVERY) -> None:
        """Sends crisis support, alone."""
        await self._messenger.say(CrisisSupport(crisis=crisis), summary="Crisis support", policy=policy)

    async def _choose(self) -> NextStep:
        state = self._state
        step = await policies.DATABASE.run(
            QuestionStore.choose_next,
            ChooseNext(
                session_id=state.session_id,
                user_ref=state.user_ref,
                locale=state.locale,
                asked=state.asked,
                trust_points=state.earlier_trust_points,
                planned=state.settings.planned_questions,
                started_at=state.started_at,
                now=workflow.now(),
            ),
            summary=f"Choose question {len(state.asked) + 1}",
        )
        state.trust, state.trust_points, state.fatigue = step.trust, step.trust_points, step.fatigue
        return step

    async def _follow(self, step: NextStep, *before: Message) -> None:
        """Carries out the next step: ask, offer a rest, rest, or end."""
        state = self._state
        if not step.question or not step.strategy:
            enough = state.answered >= state.settings.min_questions
            state.status = Status.COMPLETED if enough else Status.ABANDONED
            if before:
                await self._messenger.say(*before, summary="Last reaction")
            return
        nonce = state.nonce_of(len(state.asked)) if state.hears_edges else workflow.uuid4().hex[:8]
        state.open = OpenQuestion(nonce=nonce, question=step.question, strategy=step.strategy)
        state.asked.append(
            AskedQuestion(
                nonce=state.open.nonce,
                question_id=step.question.question_id,
                domain=step.question.domain,
                depth=step.question.depth,
                energy=step.question.energy,
            )
        )
        # No offer is made twice: the person may always go on.
        advice = "none" if step.advice in state.advised else step.advice
        if advice != "none":
            state.advised.append(advice)
        if advice == "pause":
            state.status = Status.PAUSED
            await self._messenger.say(*before, Paused(reason="fatigue"), summary="Paused: the person is tired")
        elif advice == "none":
            await self._messenger.ask(state.open, *before)
        else:
            offer = FatigueOffer(suggest="pause" if advice == "offer_pause" else "end")
            await self._messenger.ask(state.open, *before, offer)

    async def _care(self, crisis: CrisisKind) -> None:
        """Sends support at once and alone; then asks a HEALING question, or from the second crisis on, rests."""
        state = self._state
        state.crises += 1
        support = CrisisSupport(crisis=crisis)
        self._close_open("withdrawn")
        step = await self._choose() if state.crises == 1 else None
        if step and step.question:
            await self._follow(step.model_copy(update={"advice": "none"}), support)
        else:
            state.status = Status.PAUSED
            await self._messenger.say(support, Paused(reason="crisis"), summary="Crisis support, then rest")

    def is_new_crisis(self, seen: CrisisSeen) -> bool:
        """Whether a crisis is new; marks its answer, so that it is new only once."""
        asked = self._state.asking(seen.nonce)
        if not asked or asked.crisis:
            return False
        self._state.revise(seen.nonce, crisis=True)
        return True

    def _close_open(self, outcome: Literal["skipped", "withdrawn"]) -> None:
        if self._state.open:
            self._state.revise(self._state.open.nonce, outcome=outcome)
            self._state.open = None
