"""The activity that delivers a session's messages to a terminal."""

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
        # Temporal retries a delivery whose result was lost; it was already shown.
        if delivery.key not in self._shown:
            self._screen.show(await self._erasures.deliverable(delivery))
            self._shown.add(delivery.key)
        return Delivered()
