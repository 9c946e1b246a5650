"""ShowProfile: sends a person their profile, with or without an open session."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.coaching.insights import Insight, InsightsShown, InsightStore
from schema.deliveries import MOST_CONNECTIONS, EvolutionView, Insights, ProfileCard, ProfileValues
from schema.person import PersonRef
from schema.profile.activities import ProfileStore
from schema.profile.messages import ShowProfileRequest
from workflows import policies
from workflows.replies import Asker, delivery_key


@workflow.defn(failure_exception_types=[ValidationError])
class ShowProfile:
    """Reads a person's profile and sends it to them (ids `profile-{user_ref}`, `insights-`, and so on by the view)."""

    @workflow.run
    async def run(self, request: ShowProfileRequest) -> None:
        """Reads and delivers the profile. Fails if the person can't be reached, so that operators see it."""
        asker = await Asker.recalled(request)
        view = await _evolution(request) if request.view == "evolution" else await _profile(request)
        await asker.send(delivery_key(request.update_id, 1), view, summary="Show the profile")


async def _profile(request: ShowProfileRequest) -> ProfileCard | ProfileValues | Insights:
    profile = await policies.DATABASE.run(
        ProfileStore.read_profile, PersonRef(user_ref=request.user_ref), summary="Read the profile"
    )
    match request.view:
        case "card":
            return ProfileCard(profile=profile, theme=request.theme)
        case "values":
            return ProfileValues(profile=profile)
        case _:
            return Insights(profile=profile, connections=await _connections(request))


async def _connections(request: ShowProfileRequest) -> list[Insight]:
    # A request that 0.2.0 began shows what the answers say alone.
    if not workflow.patched("insights-connect-talks"):
        return []
    shown = InsightsShown(user_ref=request.user_ref, shown_at=workflow.now())
    current = await policies.DATABASE.run(InsightStore.show, shown, summary="Read the connections")
    return current.insights[:MOST_CONNECTIONS]


async def _evolution(request: ShowProfileRequest) -> EvolutionView:
    levels = await policies.DATABASE.run(
        ProfileStore.read_evolution, PersonRef(user_ref=request.user_ref), summary="Read how it moved"
    )
    return EvolutionView(values=levels.values, theme=request.theme)
