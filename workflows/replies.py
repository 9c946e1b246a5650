"""How a workflow that a person asked for something replies, with or without an open session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from temporalio import workflow

from schema.account.activities import PersonKnown, PersonStore
from schema.deliveries import ChannelSender, Delivery, Message
from schema.person import PersonRef, PersonRequest
from workflows import policies

_NOBODY = PersonKnown(consented=False, locale=None, trust_points=0, sessions=0)


def delivery_key(update_id: str | None, part: int) -> str:
    """The key of a workflow's reply to an update, or to whoever started it. It names no person: ledgers outlive them.

    An update that its channel brings again starts another run; the key is the same, so the channel knows what it sent.
    """
    info = workflow.info()
    return f"{info.workflow_type}:{update_id or info.run_id}:{part}"


@dataclass(frozen=True)
class Asker:
    """Who asked, and what is known of them."""

    request: PersonRequest
    known: PersonKnown

    @classmethod
    async def recalled(cls, request: PersonRequest) -> Self:
        """Recalls the person: a channel only guesses their language."""
        ref, known = PersonRef(user_ref=request.user_ref), _NOBODY
        # Those asked before there was this step were answered in the language that their channel guessed.
        if workflow.patched("recall-who-asks"):
            known = await policies.DATABASE.run(PersonStore.recall_person, ref, summary="Recall the person")
        return cls(request, known)

    async def hears(
        self,
        key: str,
        message: Message,
        *,
        summary: str,
        policy: policies.RemotePolicy = policies.COURTESY,
        replaces: str | None = None,
        named: bool = True,
    ) -> None:
        """Brings a message to the person by the channel that they asked through.

        Args:
            key: the delivery's, unique among all deliveries.
            replaces: key of an earlier delivery that this one takes the place of.
            named: whether the channel's ledger may name the person, of whom it then keeps nothing after an erasure.

        Raises:
            ActivityError: they could not be reached in the policy's time.
        """
        await policy.run(
            ChannelSender.deliver,
            Delivery(
                key=key,
                # Of somebody who has not consented, the channel's ledger keeps nothing that leads to them.
                user_ref=self.request.user_ref if self.known.locale and named else None,
                address=self.request.channel.address,
                locale=self.known.locale or self.request.locale,
                messages=[message],
                replaces=replaces,
            ),
            task_queue=self.request.channel.task_queue,
            summary=summary,
        )
