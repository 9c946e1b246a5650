"""The profile client for a Temporal server."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from gateway.clients.profile import ProfileClient
from gateway.clients.temporal.starter import Starter
from gateway.clients.visitor import Visitor
from schema.id_pattern import IdPattern
from schema.profile.layers import ValueName
from schema.profile.messages import Denial, FindRequest, Objection, ShowProfileRequest, View, WhyRequest
from schema.profile.names import (
    DENIAL_ID,
    EVOLUTION_ID,
    FIND_ID,
    INSIGHTS_ID,
    OBJECTION_ID,
    PROFILE_ID,
    REASONS_ID,
    VALUES_ID,
)
from schema.profile_vocabulary import Theme
from workflows.profile.denial import TakeDenial
from workflows.profile.find import FindWords
from workflows.profile.objection import TakeObjection
from workflows.profile.reasons import ShowReasons
from workflows.profile.show import ShowProfile

_IDS: dict[View, IdPattern] = {
    "card": PROFILE_ID,
    "insights": INSIGHTS_ID,
    "evolution": EVOLUTION_ID,
    "values": VALUES_ID,
}


class TemporalProfile(ProfileClient):
    """Starts the workflows that show, explain and search profiles, and take objections and denials, on Temporal."""

    def __init__(self, starter: Starter) -> None:
        self._starter = starter

    async def show_profile(
        self, visitor: Visitor, view: View = "card", update_id: str | None = None, *, theme: Theme = Theme.LIGHT
    ) -> WorkflowHandle[ShowProfile, None]:
        request = partial(ShowProfileRequest, view=view, theme=theme, update_id=update_id)
        # A picture in the other theme is another request, which must not join the one whose buttons asked for it.
        rest = [] if theme is Theme.LIGHT else [theme]
        return await self._starter.start(ShowProfile.run, visitor, request, _IDS[view], *rest)

    async def why(
        self, visitor: Visitor, value: ValueName, update_id: str | None = None
    ) -> WorkflowHandle[ShowReasons, None]:
        request = partial(WhyRequest, value=value, update_id=update_id)
        return await self._starter.start(ShowReasons.run, visitor, request, REASONS_ID, value.layer, value.name)

    async def deny(
        self, visitor: Visitor, value: ValueName, update_id: str | None = None
    ) -> WorkflowHandle[TakeDenial, None]:
        request = partial(Denial, value=value, update_id=update_id)
        return await self._starter.start(TakeDenial.run, visitor, request, DENIAL_ID, value.layer, value.name)

    async def find(self, visitor: Visitor, query: str, update_id: str | None = None) -> WorkflowHandle[FindWords, None]:
        request = partial(FindRequest, query=query, update_id=update_id)
        return await self._starter.start(
            FindWords.run, visitor, request, FIND_ID, conflict=WorkflowIDConflictPolicy.TERMINATE_EXISTING
        )

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
