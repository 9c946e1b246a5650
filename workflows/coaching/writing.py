"""Has a reply written by a language model or the offline coach, and stops it where the person has enough of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema import metrics
from schema.analysis.readings import OFFLINE_ANALYST
from schema.analysis.routing import ModelRef, Tier
from schema.coaching.activities import Coach, CoachStore, ReplyToPrepare, ReplyToWrite, ReplyWritten
from schema.coaching.deliveries import CoachReply, StepProposal
from schema.coaching.drafts import draft_id
from schema.coaching.marks import ReplyMark
from schema.deliveries import Message, Notice, NoticeCode
from workflows import policies
from workflows.coaching.messenger import CoachMessenger
from workflows.coaching.remembering import Remembering
from workflows.coaching.state import CoachState


class Writing:
    """Writes one reply at a time."""

    def __init__(self, state: CoachState, messenger: CoachMessenger, remembering: Remembering) -> None:
        self._state = state
        self._messenger = messenger
        self._remembering = remembering
        self._writing: asyncio.Task[ReplyWritten] | None = None
        """The model that writes now."""
        self._draft = 0
        """The number of the draft that shows the reply which is written now, or was last."""
        self._stopped = False
        """Whether the person has stopped that reply."""

    def stop(self, draft: int | None) -> None:
        """Stops the reply that is being written: the one of this draft, or any when None."""
        if self._writing and draft in (None, self._draft):
            self._stopped = True
            self._writing.cancel()

    async def write(self, readers: Sequence[ModelRef], reply_id: str, label: str) -> ReplyWritten:
        """Has the reply written by the first model that can, else by the offline coach.

        The text of one that was stopped before its first sentence is empty.
        """
        self._draft, self._stopped = draft_id(reply_id), False
        reply = ReplyToWrite(
            user_ref=self._state.user_ref, reply_id=reply_id, locale=self._messenger.locale, channel=self._state.channel
        )
        for before, reader in enumerate(readers):
            by = {"tier": reader.tier, "writer": reader.analyst, "models_before": before}
            writing = policies.COACH_REPLY.run(
                Coach.reply,
                reply.model_copy(update=by),
                task_queue=reader.task_queue,
                summary=f"Write {label}: {reader.analyst}",
            )
            self._writing = asyncio.create_task(writing)
            try:
                # An operator who cancels the conversation cancels this wait, and the reply with it. A person who stops
                # the reply gets what was shown of it.
                written = await asyncio.shield(self._writing)
            except (ActivityError, asyncio.CancelledError) as error:
                if self._stopped:
                    # No worker had begun to write, or it was lost.
                    return ReplyWritten(text="", coach=reader.analyst)
                # History holds the reason.
                if is_cancelled_exception(error):
                    self._writing.cancel()
                    raise
            else:
                metrics.REPLIES.add(tier=reader.tier)
                return written
            finally:
                self._writing = None
        metrics.REPLIES.add(tier=Tier.OFFLINE)
        reply = reply.model_copy(update={"tier": Tier.OFFLINE})
        return await policies.DATABASE.run(Coach.reply, reply, summary=f"Write {label}: offline")

    async def recall_and_write(
        self, conversation_id: str, readers: list[ModelRef], reply_id: str, label: str
    ) -> ReplyWritten:
        """Recalls what a reply is to rest on, and has it written."""
        self._remembering.catch_up()
        await self._remembering.settle()
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
        return await self.write(readers, reply_id, label)


def messages_of(written: ReplyWritten, reply_id: str, *, first: bool = False, marks: list[ReplyMark]) -> list[Message]:
    """What the person gets of a reply. A step that it proposes follows it; what was stopped at once says nothing."""
    if not written.text:
        return [Notice(code=NoticeCode.REPLY_STOPPED)]
    offline = written.coach == OFFLINE_ANALYST
    said: list[Message] = [CoachReply(reply_id=reply_id, text=written.text, offline=offline, first=first, marks=marks)]
    if step := written.step:
        said.append(StepProposal(agreement_id=step.agreement_id, what=step.what))
    return said
