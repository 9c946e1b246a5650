"""The profile client for a Temporal server."""

from __future__ import annotations

from functools import partial
from typing import Literal
from uuid import UUID

from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from gateway.clients.profile import ProfileClient
from gateway.clients.temporal.starter import Starter
from gateway.clients.visitor import Visitor
from schema.profile.messages import FindRequest, Objection, ShowProfileRequest
from schema.profile.names import FIND_ID, INSIGHTS_ID, OBJECTION_ID, PROFILE_ID
from workflows.profile.find import FindWords
from workflows.profile.objection import TakeObjection
from workflows.profile.show import ShowProfile


class TemporalProfile(ProfileClient):
    """Starts the workflows that show profiles, search words and take objections on Temporal."""

    def __init__(self, starter: Starter) -> None:
        self._starter = starter

    async def show_profile(
        self, visitor: Visitor, view: Literal["card", "insights"] = "card", update_id: str | None = None
    ) -> WorkflowHandle[ShowProfile, None]:
        workflow_id = PROFILE_ID if view == "card" else INSIGHTS_ID
        request = partial(ShowProfileRequest, view=view, update_id=update_id)
        return await self._starter.start(ShowProfile.run, visitor, request, workflow_id)

    async def object_to(
        self, visitor: Visitor, answer_id: UUID, update_id: str | None = None
    ) -> WorkflowHandle[TakeObjection, None]:
        try:
            return await self._starter.start(
                TakeObjection.run,
                visitor,
                partial(Objection, answer_id=answer_id, update_id=update_id),
                OBJECTION_ID,
                answer_id,
                reuse=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            )
        except WorkflowAlreadyStartedError as done:
            return self._starter.client.get_workflow_handle_for(TakeObjection.run, done.workflow_id)

    async def find(self, visitor: Visitor, query: str, update_id: str | None = None) -> WorkflowHandle[FindWords, None]:
        request = partial(FindRequest, query=query, update_id=update_id)
        return await self._starter.start(
            FindWords.run, visitor, request, FIND_ID, conflict=WorkflowIDConflictPolicy.TERMINATE_EXISTING
        )
