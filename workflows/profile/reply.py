"""How a workflow that a person asked for something replies, with or without an open session."""

from __future__ import annotations

from temporalio import workflow

from schema.activities import ChannelSender
from schema.deliveries import Delivery, Message
from schema.session import PersonRequest
from workflows import policies


def delivery_key(update_id: str | None, part: int) -> str:
    """The key of a workflow's reply to an update, or to whoever started it.

    An update that its channel brings again starts another run; the key is the same, so the channel knows what it sent.
    """
    info = workflow.info()
    return f"{info.workflow_id}:{update_id or info.run_id}:{part}"


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
