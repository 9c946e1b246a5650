"""ShowReasons: a person asks why a value of their profile stands where it does."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.deliveries import Reasons
from schema.profile.activities import ProfileStore, ValueAskedAbout
from schema.profile.messages import WhyRequest
from workflows import policies
from workflows.replies import Asker, delivery_key


@workflow.defn(name="profile.show_reasons", failure_exception_types=[ValidationError])
class ShowReasons:
    """Sends a person their own words behind a value (id `reasons-{user_ref}-{layer}-{name}`)."""

    @workflow.run
    async def run(self, request: WhyRequest) -> None:
        """Reads and delivers them. Fails if the person can't be reached, so that operators see it."""
        asker = await Asker.recalled(request)
        explained = await policies.DATABASE.run(
            ProfileStore.explain_value,
            ValueAskedAbout(
                user_ref=request.user_ref, value=request.value, locale=asker.known.locale or request.locale
            ),
            summary="Find the words behind the value",
        )
        reasons = Reasons(value=request.value, reasons=explained.reasons, more=explained.more)
        await asker.send(delivery_key(request.update_id, 1), reasons, summary="Show the reasons")
