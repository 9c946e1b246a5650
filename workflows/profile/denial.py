"""TakeDenial: a person says that a value of their profile is not them."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.deliveries import Notice, NoticeCode
from schema.profile.activities import ProfileStore, ValueDenied
from schema.profile.messages import Denial
from workflows import policies
from workflows.replies import Asker, delivery_key


@workflow.defn(name="profile.take_denial", failure_exception_types=[ValidationError])
class TakeDenial:
    """Takes the evidence for a value back out, then says so (id `denial-{user_ref}-{layer}-{name}`)."""

    @workflow.run
    async def run(self, denial: Denial) -> None:
        """Stores and tells. Fails if the person can't be reached; the denial is kept all the same."""
        stored = await policies.DATABASE.run(
            ProfileStore.deny_value,
            ValueDenied(user_ref=denial.user_ref, value=denial.value, denied_at=workflow.now()),
            summary="Store the denial",
        )
        asker = await Asker.recalled(denial)
        reply = NoticeCode.VALUE_DENIED if stored else NoticeCode.NOTHING_TO_DENY
        await asker.send(delivery_key(denial.update_id, 1), Notice(code=reply), summary="Say that it is taken back")
