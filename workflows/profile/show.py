"""ShowProfile: the person asks to see their profile, with or without an open session."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.activities import ChannelSender, PersonRef, ProfileStore
from schema.deliveries import Delivery, ProfileCard
from schema.session import ShowProfileRequest
from workflows import policies


@workflow.defn(failure_exception_types=[ValidationError])
class ShowProfile:
    """Reads a person's profile and brings it to them (id `profile-{user_ref}`)."""

    @workflow.run
    async def run(self, request: ShowProfileRequest) -> None:
        """Reads and delivers."""
        profile = await policies.DATABASE.run(
            ProfileStore.read_profile, PersonRef(user_ref=request.user_ref), summary="Read the profile"
        )
        await policies.COURTESY.run(
            ChannelSender.deliver,
            Delivery(
                key=workflow.info().run_id,
                address=request.channel.address,
                locale=request.locale,
                messages=[ProfileCard(profile=profile)],
            ),
            task_queue=request.channel.task_queue,
            summary="Show the profile",
        )
