"""An interceptor that reads each delivery before the sender's activity gets it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from schema.deliveries import Delivery


class DeliveryListener(Interceptor, ABC):
    """The base of caches that are filled from the deliveries of this gateway's worker."""

    @abstractmethod
    def observe(self, delivery: Delivery) -> None:
        """Takes what it needs from a delivery that is about to be sent."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Adds the listener to a worker."""
        return _Inbound(next, self)


class _Inbound(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, listener: DeliveryListener) -> None:
        super().__init__(next)
        self._listener = listener

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        for argument in input.args:
            if isinstance(argument, Delivery):
                self._listener.observe(argument)
        return await super().execute_activity(input)
