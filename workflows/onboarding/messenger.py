"""Sends a session's messages to the person, through the channel that the person used last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema.deliveries import ChannelSender, ConsentRequest, CrisisSupport, Delivered, Delivery, Message, Question
from schema.errors import RecipientGone
from schema.vocabulary import Status
from workflows import policies
from workflows.activity_policy import RemotePolicy
from workflows.onboarding.events import Arrived, StopHeard
from workflows.onboarding.state import OpenQuestion, SessionState


class SessionMessenger:
    """Sends messages to the person of one session.

    `publish` tells channels where the session stands.
    """

    def __init__(self, state: SessionState, publish: Callable[[], None]) -> None:
        self._state = state
        self._publish = publish

    async def say(
        self,
        *messages: Message,
        summary: str,
        policy: RemotePolicy = policies.DELIVERY,
        overtaken: Callable[[], bool] | None = None,
    ) -> Delivered | None:
        """Delivers messages together and in order; returns None if their arrival is not known.

        If the person can't be reached (the bot is blocked), the session pauses. The delivery is cancelled when
        `overtaken` returns True; by default that is a cry for help in the inbox, an operator's end, or the person in
        another channel.
        """
        state = self._state
        state.deliveries += 1
        delivery = Delivery(
            # Contains the run id: after an operator's reset, new messages must not count as already sent.
            key=f"{state.session_id}:{workflow.info().run_id[:8]}:{state.deliveries}",
            # Before consent, the channel's ledger must hold nothing that identifies the person.
            user_ref=state.user_ref if state.recorded else None,
            address=state.channel.address,
            locale=state.locale,
            messages=list(messages),
        )
        sending = policy.at(self._priority(messages)).run(
            ChannelSender.deliver,
            delivery,
            task_queue=state.channel.task_queue,
            summary=summary,
        )
        if state.lends_texts:
            # The person may reply as soon as they read it, and the channel asks where the session stands.
            self._publish()
        state.delivering += 1
        try:
            delivered = await (_unless(overtaken or self._overtaken, sending) if state.hears_edges else sending)
        except ActivityError as error:
            gone = RecipientGone.caused(error)
            if gone and not state.status.final:
                state.status = Status.PAUSED
            reason = "recipient gone" if gone else "overtaken" if is_cancelled_exception(error) else "no channel"
            workflow.logger.warning("Not delivered (%s): %s", reason, summary)
            return None
        finally:
            state.delivering -= 1
        state.brought += any(isinstance(message, Question | ConsentRequest) for message in messages)
        return delivered

    def _priority(self, messages: Sequence[Message]) -> Priority:
        """Crisis support and people in a conversation go before newcomers."""
        state = self._state
        if state.shown_nonce or any(isinstance(message, CrisisSupport) for message in messages):
            return Priority.default
        first = state.deliveries > 1 and any(isinstance(message, Question) for message in messages)
        return policies.FIRST_QUESTION if first else policies.GREETING

    async def ask(self, open_question: OpenQuestion, *before: Message) -> None:
        """Shows the open question after the messages `before`. It counts as asked from now on."""
        state, question, nonce = self._state, open_question.question, open_question.nonce
        number = state.answered + 1
        message = Question(
            nonce=nonce,
            question_id=question.question_id,
            domain=question.domain,
            depth=question.depth,
            energy=question.energy,
            text=question.text,
            recalls=question.recalls,
            choices=question.choices,
            number=number,
            planned=state.settings.planned_questions,
            again=state.shown_nonce == nonce,
        )
        first = nonce not in state.sends
        state.sends.setdefault(nonce, None)
        state.offered[nonce] = list(dict.fromkeys([*state.offered.get(nonce, []), *question.choices]))
        delivered = await self.say(
            *before,
            message,
            summary=f"Question {number}: {question.question_id}",
            overtaken=lambda: self._overtaken() or self._is_seen(nonce),
        )
        if delivered or self._is_seen(nonce):
            # The silence begins when the person has a question to answer.
            state.shown_nonce, state.quiet_since = nonce, workflow.now()
            state.revise(nonce, shown_at=workflow.now())
        if delivered and delivered.message_ids and first and not delivered.again:
            # The question is the last of the messages.
            state.sends[nonce] = delivered.message_ids[-1]

    def _overtaken(self) -> bool:
        state = self._state
        return state.alarm is not None or any(
            (isinstance(event, StopHeard) and event.reason == "operator")
            or (isinstance(event, Arrived) and event.channel != state.channel)
            for event in state.inbox
        )

    def _is_seen(self, nonce: str) -> bool:
        """Whether an event in the inbox names the asking, which proves that the person has seen it."""
        return self._state.hears_edges and any(getattr(event, "nonce", None) == nonce for event in self._state.inbox)


async def _unless(overtaken: Callable[[], bool], sending: Coroutine[Any, Any, Delivered]) -> Delivered:
    """Waits for a delivery and cancels it when `overtaken` returns True. Raises `ActivityError`."""
    task = asyncio.create_task(sending)
    await workflow.wait_condition(lambda: task.done() or overtaken())
    if not task.done():
        task.cancel()
    return await task
