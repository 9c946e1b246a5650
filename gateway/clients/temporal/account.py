"""The account client for a Temporal server."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from gateway.clients.account import AccountClient
from gateway.clients.temporal.starter import Starter
from gateway.clients.visitor import Visitor
from gateway.erasures import Erasure, Erasures
from schema.account.messages import EraseRequest, ExportRequest
from schema.account.names import ERASE_ID, EXPORT_ID, LANGUAGE_ID
from schema.person import PersonRequest
from workflows.account.erase import ErasePerson
from workflows.account.export import ExportPerson
from workflows.account.language import RememberLanguage


class TemporalAccount(AccountClient):
    """Starts the account workflows on Temporal."""

    def __init__(self, starter: Starter) -> None:
        self._starter = starter
        self._erasures = Erasures(starter.client)

    async def remember_language(self, visitor: Visitor) -> None:
        await self._starter.start(
            RememberLanguage.run,
            visitor,
            PersonRequest,
            LANGUAGE_ID,
            conflict=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        )

    async def export(self, visitor: Visitor, update_id: str | None = None) -> WorkflowHandle[ExportPerson, None]:
        request = partial(ExportRequest, update_id=update_id)
        return await self._starter.start(ExportPerson.run, visitor, request, EXPORT_ID)

    async def erase(
        self, visitor: Visitor, asked_at: datetime | None = None, update_id: str | None = None
    ) -> WorkflowHandle[ErasePerson, None]:
        request = partial(EraseRequest, asked_at=asked_at, update_id=update_id)
        return await self._starter.start(ErasePerson.run, visitor, request, ERASE_ID)

    async def latest_erasure(self, visitor: Visitor) -> Erasure | None:
        try:
            return await self._erasures.latest(visitor.user_ref)
        except (RPCError, TimeoutError):
            return None
