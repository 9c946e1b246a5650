"""How a workflow that a person asked for something replies, with or without an open session."""

from __future__ import annotations

from schema.activities import ChannelSender
from schema.deliveries import Delivery, Message
from schema.session import PersonRequest
from workflows import policies


async def reply(
    request: PersonRequest,
    key: str,
    message: Message,
    *,
    summary: str,
    policy: policies.RemotePolicy = policies.COURTESY,
    replaces: str | None = None,
) -> None:
    """Brings a message to the person by the channel that they asked through.

    Args:
        key: the delivery's, unique among all deliveries.
        replaces: key of an earlier delivery that this one takes the place of.

    Raises:
        ActivityError: they could not be reached in the policy's time.
    """
    await policy.run(
        ChannelSender.deliver,
        Delivery(
            key=key,
            user_ref=request.user_ref,
            address=request.channel.address,
            locale=request.locale,
            messages=[message],
            replaces=replaces,
        ),
        task_queue=request.channel.task_queue,
        summary=summary,
    )
