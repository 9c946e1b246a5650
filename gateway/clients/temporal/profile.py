"""The profile client for a Temporal server."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from gateway.clients.profile import ProfileClient
from gateway.clients.temporal.starter import Starter
from gateway.clients.visitor import Visitor
from schema.id_pattern import IdPattern
from schema.onboarding.names import TASK_QUEUE
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
from schema.public import Public
from workflows.profile.denial import TakeDenial
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

    async def find(self, visitor: Visitor, query: str, update_id: str | None = None) -> WorkflowHandle[Any, None]:
        handle: WorkflowHandle[Any, None] = await self._starter.client.start_workflow(
            FIND_ID.workflow_type,
            FindRequest(
                user_ref=visitor.user_ref,
                channel=visitor.channel,
                locale=visitor.locale,
                query=query,
                update_id=update_id,
            ),
            id=FIND_ID.of(visitor.user_ref),
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
            static_summary=Public(f"Find {self._starter.place}"),
            task_timeout=self._starter.task_timeout,
        )
        return handle

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
