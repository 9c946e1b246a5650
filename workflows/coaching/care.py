"""Care in a talk: danger in what the person says, heard at once or late, and what they say of it themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from temporalio import workflow

from schema import metrics
from schema.analysis.readings import AnswerReading
from schema.coaching.care import CareStore, SafetyTaken, SafetyTold
from schema.danger import Danger, SafetyReply
from schema.deliveries import Concern, CrisisSupport, SafetyQuestion
from schema.public import Public
from schema.safety.activities import WEIGHED_WITHIN, MessagesToWeigh, SecondNet, TextToScreen
from schema.vocabulary import CrisisKind
from workflows import policies
from workflows.coaching.messenger import CoachMessenger
from workflows.coaching.state import Alarm, CoachState
from workflows.safety.second_net import danger_in_text, heard_at_once, weighed_late


class Care:
    """The care for the person of one conversation, over its state."""

    def __init__(self, state: CoachState, messenger: CoachMessenger) -> None:
        self._state = state
        self._messenger = messenger
        self._late = set[asyncio.Task[None]]()
        """What waits for the net beside the talk."""

    async def hear(self, reading: AnswerReading, reply_id: str) -> Danger | None:
        """The danger in messages that are kept and wait for this reply, as far as it is heard while the person waits.

        What the net has not weighed by then is weighed beside the talk, and care comes when it is done.
        """
        found = heard_at_once(reading)
        if reading.weighed and not reading.overdue:
            return found
        self._state.unweighed[reply_id] = found
        weighing = asyncio.create_task(self._weigh(reply_id, found))
        if not reading.overdue:
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    weighing.done, timeout=WEIGHED_WITHIN, timeout_summary=Public("Until it is weighed")
                )
        if weighing.done():
            return weighing.result()
        self._beside(self._care_late(reply_id, found, weighing))
        return found

    async def hear_apart(self, reading: AnswerReading, text: TextToScreen, reply_id: str) -> Danger | None:
        """As `hear`, for a text that is not kept."""
        found = heard_at_once(reading)
        if not reading.overdue:
            return await danger_in_text(reading, text)
        text = text.model_copy(update={"found": found})
        weighing = weighed_late(found, SecondNet.weigh_text, text, "Weigh a text that is not kept")
        self._beside(self._care_late(reply_id, found, weighing))
        return found

    def resume(self) -> None:
        """Goes on to weigh what the run before this one has not."""
        for reply_id, found in self._state.unweighed.items():
            self._beside(self._care_late(reply_id, found, self._weigh(reply_id, found)))

    async def support(self, key: str, reply_id: str, danger: Danger, *, again: bool = False) -> None:
        """Sends support and, for the first time, asks whether the person is safe. Nothing else comes with it."""
        metrics.CRISES_HEARD.add()
        self._state.alarm = Alarm(reply_id=reply_id, danger=danger)
        asks = [] if again else [SafetyQuestion(nonce=reply_id[:8], reply_id=reply_id, crisis=danger.kind)]
        await self._messenger.say(
            key,
            CrisisSupport(crisis=danger.kind, danger=danger, again=again),
            *asks,
            summary="Crisis support",
            policy=policies.FAREWELL,
        )

    def concern(self, reply_id: str, danger: Danger) -> Concern:
        """The soft word for a danger that is not sure, with a button for help."""
        self._state.alarm = Alarm(reply_id=reply_id, danger=danger)
        return Concern(danger=danger, nonce=reply_id[:8], reply_id=reply_id)

    async def take(
        self, reply_id: str, answer: SafetyReply, *, crisis: CrisisKind | None, told_in: str | None = None
    ) -> SafetyTaken:
        """Takes what the person says of a danger that was heard in the words that this reply was for."""
        taken = await policies.DATABASE.run(
            CareStore.take_safety_answer,
            SafetyTold(
                user_ref=self._state.user_ref,
                answer=answer,
                reply_id=reply_id,
                crisis=crisis,
                told_in=told_in,
                told_at=workflow.now(),
            ),
            summary=f"Take it that the person says: {answer}",
        )
        if taken.locale:
            self._state.known = True
            self._state.speaks(taken.locale)
        return taken

    async def _weigh(self, reply_id: str, found: Danger | None) -> Danger | None:
        messages = MessagesToWeigh(reply_id=reply_id, found=found)
        danger = await weighed_late(found, SecondNet.weigh_messages, messages, "Weigh what was said")
        self._state.unweighed.pop(reply_id, None)
        return danger

    async def _care_late(self, reply_id: str, found: Danger | None, weighing: Awaitable[Danger | None]) -> None:
        """Cares for what was heard after the reply was begun. What the rules have heard has been answered already."""
        danger = await weighing
        if danger and danger.sure and not (found and found.sure):
            await self.support(f"{reply_id}:late", reply_id, danger)
        elif danger and not found:
            await self._messenger.say(f"{reply_id}:late", self.concern(reply_id, danger), summary="A late concern")

    def _beside(self, caring: Awaitable[None]) -> None:
        task = asyncio.ensure_future(caring)
        self._late.add(task)
        task.add_done_callback(self._late.discard)
