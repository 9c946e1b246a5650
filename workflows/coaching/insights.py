"""Looks for an insight in what a person has said, and takes it when they say that one is not true."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.coaching.insights import (
    InsightDenial,
    InsightDenied,
    InsightSeeker,
    InsightSettings,
    InsightStore,
    InsightToSeek,
    LookToClaim,
)
from schema.coaching.names import INSIGHT_DENIAL_ID
from schema.deliveries import Notice, NoticeCode
from schema.vocabulary import Locale
from workflows import policies
from workflows.coaching.first_reader import by_first_reader
from workflows.replies import Asker, delivery_key


async def look_for_insight(user_ref: str, locale: Locale, settings: InsightSettings) -> None:
    """Has one looked for if the person has said enough since the last time: by the first model that can, else offline.

    Nobody waits for it, and the person is not written to: their next reply ends with a line about it.
    """
    look_id = str(workflow.uuid4())
    claimed = await policies.DATABASE.run(
        InsightStore.claim_look,
        LookToClaim(user_ref=user_ref, look_id=look_id, now=workflow.now(), settings=settings),
        summary="Is there enough for an insight?",
    )
    if not claimed.due:
        return
    look = InsightToSeek(user_ref=user_ref, look_id=look_id, now=workflow.now(), locale=locale)
    summary = "Look for an insight"
    await by_first_reader(claimed.readers, InsightSeeker.seek, look, policies.DEEP_READING, summary=summary)


@workflow.defn(name=INSIGHT_DENIAL_ID.workflow_type, failure_exception_types=[ValidationError])
class TakeInsightDenial:
    """Keeps that an insight is not true, then says so (id `untrue-{user_ref}-{insight}`)."""

    @workflow.run
    async def run(self, denial: InsightDenial) -> None:
        """Stores and tells. Fails if the person can't be reached; the denial is kept all the same."""
        stored = await policies.DATABASE.run(
            InsightStore.deny,
            InsightDenied(user_ref=denial.user_ref, insight_id=str(denial.insight_id), denied_at=workflow.now()),
            summary="Store that an insight is not true",
        )
        asker = await Asker.recalled(denial)
        reply = NoticeCode.INSIGHT_DENIED if stored else NoticeCode.BUTTON_IS_OLD
        await asker.send(delivery_key(denial.update_id, 1), Notice(code=reply), summary="Say that it is heard")
