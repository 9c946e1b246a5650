"""The channel of a test: it shows deliveries on people's screens, late, lost or not at all where a test says so."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Literal

from temporalio import activity
from temporalio.exceptions import ApplicationError

from gateway.erasures import Erasures
from schema.deliveries import ChannelSender, Delivered, Delivery, Message
from schema.errors import RecipientGone


@dataclass
class Delay:
    """Keeps a channel from confirming what it has shown, until it is released."""

    kind: type[Message]
    """What is shown late."""
    outcome: Literal["late", "lost", "never"] = "late"
    """How the channel then answers: that it has come; not at all, so that it shows it again; that it failed."""
    key: str | None = None
    """The delivery that was late: the first that brings such a message."""
    released: asyncio.Event = field(default_factory=asyncio.Event)


class Screens(ChannelSender):
    """A channel that shows deliveries on the screens of a test's people, each key once. It numbers all messages."""

    def __init__(self, erasures: Erasures) -> None:
        self._erasures = erasures
        self.arrivals: dict[str, asyncio.Queue[Message]] = {}
        self.delivered: dict[str, Delivery] = {}
        self.refused: type[Message] | None = None
        """A kind of message that the channel can't bring at the moment: the delivery fails and is tried again."""
        self.refused_for_good = False
        """Whether it will never bring it, so that trying again is in vain."""
        self.gone: set[str] = set()
        """Addresses of people who have blocked the channel."""
        self.delays: dict[str, Delay] = {}
        """By address."""
        self.silent: dict[str, asyncio.Event] = {}
        """Addresses to which nothing comes before the event, which is then confirmed at once."""
        self.held: set[tuple[str, str]] = set()
        """Deliveries that wait here until they are released, by their run and activity."""
        self._numbers = itertools.count(1)
        self._shown: dict[str, Delivered] = {}

    def release(self, address: str) -> None:
        """What was late comes now."""
        for event in (self.silent.pop(address, None), (delay := self.delays.get(address)) and delay.released):
            if event:
                event.set()

    def number(self) -> str:
        """The id of the next message, whoever sends it."""
        return str(next(self._numbers))

    @property
    def last(self) -> Delivery:
        """The newest delivery."""
        return list(self.delivered.values())[-1]

    @activity.defn
    async def deliver(self, delivery: Delivery) -> Delivered:
        if delivery.address in self.gone:
            raise RecipientGone("blocked")
        if self.refused and any(isinstance(message, self.refused) for message in delivery.messages):
            raise ApplicationError("the channel is away", non_retryable=self.refused_for_good)
        if silent := self.silent.get(delivery.address):
            await self._hold(silent)
        if delivery.key not in self.delivered:
            delivery = await self._erasures.deliverable(delivery)
            self.delivered[delivery.key] = delivery
            self._show(delivery)
        delay = self.delays.get(delivery.address)
        if delay and any(isinstance(message, delay.kind) for message in delivery.messages):
            delay.key = delay.key or delivery.key
        if delay and delay.key == delivery.key:
            await self._hold(delay.released)
            if delay.outcome == "lost":
                self._show(delivery, again=True)
            elif delay.outcome == "never":
                raise ApplicationError("nobody knows whether it has come", non_retryable=True)
        return self._shown[delivery.key]

    async def _hold(self, released: asyncio.Event) -> None:
        info = activity.info()
        self.held.add(held := (info.workflow_run_id or "", info.activity_id))
        try:
            await released.wait()
        finally:
            self.held.discard(held)

    def _show(self, delivery: Delivery, *, again: bool = False) -> None:
        for message in delivery.messages:
            self.arrivals[delivery.address].put_nowait(message)
        self._shown[delivery.key] = Delivered(message_ids=[self.number()], again=again)
