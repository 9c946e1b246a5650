"""Replies to a person's request, with or without an open session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from temporalio import workflow

from schema.account.activities import PersonKnown, PersonStore
from schema.deliveries import ChannelSender, Delivery, Message
from schema.person import PersonRef, PersonRequest
from workflows import policies
from workflows.activity_policy import RemotePolicy

_NOBODY = PersonKnown(consented=False, locale=None, trust_points=0, sessions=0)


def delivery_key(update_id: str | None, part: int) -> str:
    """The idempotency key of a workflow's reply. It names no person, because ledgers outlive an erasure.

    A redelivered update starts another run with the same key, so the channel does not send the reply twice.
    """
    info = workflow.info()
    return f"{info.workflow_type}:{update_id or info.run_id}:{part}"


@dataclass(frozen=True)
class Asker:
    """The person who made a request, and what is known about them."""

    request: PersonRequest
    known: PersonKnown

    @classmethod
    async def recalled(cls, request: PersonRequest) -> Self:
        """Loads the person, because the channel only guesses their language."""
        ref, known = PersonRef(user_ref=request.user_ref), _NOBODY
        # Earlier versions had no such step: they replied in the language that the channel guessed.
        if workflow.patched("recall-who-asks"):
            known = await policies.DATABASE.run(PersonStore.recall_person, ref, summary="Recall the person")
        return cls(request, known)

    async def send(
        self,
        key: str,
        *messages: Message,
        summary: str,
        policy: RemotePolicy = policies.COURTESY,
        replaces: str | None = None,
        named: bool = True,
    ) -> None:
        """Sends messages to the person by the channel of the request, together and in order.

        Args:
            key: the idempotency key, unique among all deliveries.
            replaces: key of an earlier delivery that this one replaces.
            named: whether the channel's ledger may hold the `user_ref`; an erasure then deletes the entry.

        Raises:
            ActivityError: the person could not be reached within the policy's time.
        """
        await policy.run(
            ChannelSender.deliver,
            Delivery(
                key=key,
                # Without consent, the channel's ledger must hold nothing that identifies the person.
                user_ref=self.request.user_ref if self.known.locale and named else None,
                address=self.request.channel.address,
                locale=self.known.locale or self.request.locale,
                messages=list(messages),
                replaces=replaces,
            ),
            task_queue=self.request.channel.task_queue,
            summary=summary,
        )
