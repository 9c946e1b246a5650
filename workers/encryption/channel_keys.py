"""Gives a person a key when they write to a channel for the first time, or for the first time after an erasure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    QueryWorkflowInput,
    SignalWorkflowInput,
    StartWorkflowInput,
    StartWorkflowUpdateInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)

from activities.encryption.data_keys import DataKeys
from gateway.clients.outage import keys_away_is_an_outage
from schema.keys.key_id import owner_of

Result = TypeVar("Result")


class ChannelKeys(Interceptor):
    """For the clients of channels. Workers have none of it: what they write late, after an erasure, makes no key."""

    def __init__(self, keys: DataKeys) -> None:
        self._keys = keys

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Outbound(next, self._keys)


class _Outbound(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, keys: DataKeys) -> None:
        super().__init__(next)
        self._keys = keys

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        return await self._with_key(input.id, super().start_workflow, input)

    async def signal_workflow(self, input: SignalWorkflowInput) -> None:
        await self._with_key(input.id, super().signal_workflow, input)

    async def query_workflow(self, input: QueryWorkflowInput) -> Any:
        return await self._with_key(input.id, super().query_workflow, input)

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:
        return await self._with_key(input.id, super().start_workflow_update, input)

    async def _with_key(self, workflow_id: str, call: Callable[[Any], Awaitable[Result]], input: Any) -> Result:
        with keys_away_is_an_outage():
            # Asks the store each time: another process may have erased the person and begun anew with them.
            await self._keys.begin(owner_of(workflow_id))
            return await call(input)
