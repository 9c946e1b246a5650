"""How a session reaches its person: every word goes through the channel that the person came by."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from schema.activities import ChannelSender
from schema.deliveries import Delivery, Message, Question
from schema.vocabulary import Status
from workflows import policies
from workflows.onboarding.state import Open, SessionState


class Voice:
    """Says things to the person of one session."""

    def __init__(self, state: SessionState) -> None:
        self._state = state

    async def say(self, *messages: Message, summary: str, policy: policies.RemotePolicy = policies.DELIVERY) -> bool:
        """Brings messages to the person, together and in order; False when they could not be reached.

        A person who can't be reached at all (the bot is blocked) rests until they come back.
        """
        state = self._state
        state.deliveries += 1
        delivery = Delivery(
            key=f"{state.session_id}:{state.deliveries}",
            # Before consent, the channel's ledger keeps nothing that leads to the person.
            user_ref=state.user_ref if state.recorded else None,
            address=state.channel.address,
            locale=state.locale,
            messages=list(messages),
        )
        try:
            await policy.run(
                ChannelSender.deliver,
                delivery,
                task_queue=state.channel.task_queue,
                summary=summary,
            )
        except ActivityError as error:
            gone = isinstance(error.cause, ApplicationError) and error.cause.type == "RecipientGone"
            if gone and not state.status.final:
                state.status = Status.PAUSED
            workflow.logger.warning("Not delivered (%s): %s", "recipient gone" if gone else "no channel", summary)
            return False
        return True

    async def ask(self, open_question: Open, *before: Message) -> None:
        """Shows the open question, after other messages if there are any."""
        state, question = self._state, open_question.question
        number = state.answered + 1
        message = Question(
            nonce=open_question.nonce,
            question_id=question.question_id,
            domain=question.domain,
            depth=question.depth,
            energy=question.energy,
            text=question.text,
            number=number,
            planned=state.settings.planned_questions,
            again=state.shown_nonce == open_question.nonce,
        )
        if await self.say(*before, message, summary=f"Question {number}: {question.question_id}"):
            # The person's silence begins when they have something to answer.
            state.shown_nonce, state.quiet_since = open_question.nonce, workflow.now()
            state.revise(open_question.nonce, shown_at=workflow.now())
