"""The terminal's sending side: the activity that a session's messages arrive by."""

from __future__ import annotations

from temporalio import activity

from gateway.erasures import Erasures
from gateway.terminal.outbound.screen import Screen
from schema.deliveries import ChannelSender, Delivered, Delivery


class TerminalSender(ChannelSender):
    """Shows deliveries on one screen, each once."""

    def __init__(self, screen: Screen, erasures: Erasures) -> None:
        self._screen = screen
        self._erasures = erasures
        self._shown: set[str] = set()

    @activity.defn
    async def deliver(self, delivery: Delivery) -> Delivered:
        # A result that got lost on its way to the server is no reason to say it all again.
        if delivery.key not in self._shown:
            self._screen.show(await self._erasures.sayable(delivery))
            self._shown.add(delivery.key)
        return Delivered()
