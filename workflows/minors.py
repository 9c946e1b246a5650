"""What becomes of what is kept about a person who turns out to be under eighteen."""

from __future__ import annotations

from contextlib import suppress

from temporalio import workflow
from temporalio.exceptions import WorkflowAlreadyStartedError

from schema.account.messages import EraseRequest
from schema.account.names import ERASE_ID
from schema.person import Channel
from schema.public import Public
from schema.vocabulary import Locale


async def have_minor_erased(user_ref: str, channel: Channel, locale: Locale) -> None:
    """Has everything about a person under eighteen erased, the history of the calling workflow included."""
    # It runs already when the person has asked for it, too.
    with suppress(WorkflowAlreadyStartedError):
        await workflow.start_child_workflow(
            ERASE_ID.workflow_type,
            EraseRequest(user_ref=user_ref, channel=channel, locale=locale),
            id=ERASE_ID.of(user_ref),
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=Public("A person under eighteen"),
        )
