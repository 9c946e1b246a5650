"""Sends the coach's messages to the person, through the channel in which they wrote last."""

from __future__ import annotations

from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema.deliveries import ChannelSender, Delivery, Message
from schema.vocabulary import Locale
from workflows import policies
from workflows.activity_policy import RemotePolicy
from workflows.coaching.state import CoachState


class CoachMessenger:
    """The sender of one conversation, over its state."""

    def __init__(self, state: CoachState) -> None:
        self._state = state

    @property
    def locale(self) -> Locale:
        """The person's language, as far as it is known."""
        return self._state.locale or Locale.RU

    async def say(
        self,
        key: str,
        *messages: Message,
        summary: str,
        policy: RemotePolicy = policies.DELIVERY,
        replaces: str | None = None,
    ) -> None:
        """Sends messages together and in order. `replaces` is as in `Delivery`.

        `key` is unique among all that the coach says.

        A channel that stays away loses them for the person, not for the conversation: they are kept.
        """
        channel = self._state.channel
        assert channel is not None, "something is answered before anything was said"
        delivery = Delivery(
            key=f"coach:{key}",
            # Without consent, the channel's ledger must hold nothing that identifies the person.
            user_ref=self._state.user_ref if self._state.known else None,
            address=channel.address,
            locale=self.locale,
            messages=list(messages),
            replaces=replaces,
        )
        try:
            await policy.run(ChannelSender.deliver, delivery, task_queue=channel.task_queue, summary=summary)
        except ActivityError as error:
            # History holds the reason. Who can't be reached is answered when they write again.
            if is_cancelled_exception(error):
                raise
