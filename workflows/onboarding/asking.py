"""Asks: for consent, and question after question. Shows what is open again, and puts it aside."""

from __future__ import annotations

from typing import Literal

from temporalio import workflow

from schema.deliveries import (
    ConsentRequest,
    FatigueOffer,
    Message,
    Notice,
    NoticeCode,
    Paused,
    SafetyQuestion,
)
from schema.onboarding.activities import AskedQuestion, ChooseNext, NextStep, QuestionInLocale, QuestionStore
from schema.vocabulary import Stage, Status
from workflows import policies
from workflows.activity_policy import RemotePolicy
from workflows.onboarding.messenger import SessionMessenger
from workflows.onboarding.state import OpenQuestion, SessionState


class Asking:
    """The questions of one session, over its state."""

    def __init__(self, state: SessionState, messenger: SessionMessenger) -> None:
        self._state = state
        self._messenger = messenger

    async def ask_consent(self, *before: Message, policy: RemotePolicy = policies.DELIVERY) -> None:
        """Tells the person what is kept and who reads it, and asks for consent."""
        state = self._state
        request = ConsentRequest(
            nonce=state.consent_nonce,
            planned=state.settings.planned_questions,
            readers=state.readers or [],
            moved_in=state.moved_in,
        )
        await self._messenger.say(*before, request, summary="Ask for consent", policy=policy)

    async def go_on(self, *before: Message) -> None:
        """Chooses the next question and shows it after other messages."""
        await self.follow(await self.choose(), *before)

    async def put_aside(self, outcome: Literal["skipped", "withdrawn"], notice: NoticeCode) -> None:
        """Closes the open question without an answer and asks another."""
        self.close_open(outcome)
        await self.go_on(Notice(code=notice))

    async def show_open(self, *before: Message) -> None:
        """Shows what waits for an answer (again): whether the person is safe, consent, or a question."""
        if self._state.safety_nonce:
            danger = self._state.danger
            question = SafetyQuestion(nonce=self._state.safety_nonce, crisis=danger and danger.kind, care=danger)
            await self._messenger.say(*before, question, summary="Are you safe, once more")
        elif self._state.stage is Stage.CONSENT:
            await self.ask_consent(*before)
        elif self._state.open:
            await self._messenger.ask(self._state.open, *before)
        else:
            await self.go_on(*before)

    async def reword_open(self) -> None:
        """The open question in the session's language."""
        if self._state.open:
            worded = await policies.DATABASE.run(
                QuestionStore.word_question,
                QuestionInLocale(
                    question_id=self._state.open.question.question_id,
                    locale=self._state.locale,
                    with_choices=bool(self._state.open.question.choices),
                ),
                summary=f"Word the open question in {self._state.locale}",
            )
            self._state.open = self._state.open.model_copy(update={"question": worded})

    async def choose(self) -> NextStep:
        """Lets the rules choose the next step."""
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

    async def follow(self, step: NextStep, *before: Message) -> None:
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

    def close_open(self, outcome: Literal["skipped", "withdrawn"]) -> None:
        """Closes the open question without an answer."""
        if self._state.open:
            self._state.revise(self._state.open.nonce, outcome=outcome)
            self._state.open = None
