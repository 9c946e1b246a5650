"""The profile client for a Temporal server."""

from __future__ import annotations

from functools import partial
from typing import Literal

from temporalio.client import WorkflowHandle

from gateway.clients.profile import ProfileClient
from gateway.clients.temporal.starter import Starter
from gateway.clients.visitor import Visitor
from schema.profile.messages import ShowProfileRequest
from schema.profile.names import INSIGHTS_ID, PROFILE_ID
from workflows.profile.show import ShowProfile


class TemporalProfile(ProfileClient):
    """Starts the workflows that show profiles on Temporal."""

    def __init__(self, starter: Starter) -> None:
        self._starter = starter

    async def show_profile(
        self, visitor: Visitor, view: Literal["card", "insights"] = "card", update_id: str | None = None
    ) -> WorkflowHandle[ShowProfile, None]:
        workflow_id = PROFILE_ID if view == "card" else INSIGHTS_ID
        request = partial(ShowProfileRequest, view=view, update_id=update_id)
        return await self._starter.start(ShowProfile.run, visitor, request, workflow_id)
