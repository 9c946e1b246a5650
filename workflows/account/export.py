"""ExportPerson: sends a person everything that is kept about them."""

from __future__ import annotations

from contextlib import suppress

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError

from schema.account.messages import ExportRequest
from schema.deliveries import DataExport, Notice, NoticeCode
from workflows import policies
from workflows.replies import Asker, delivery_key


@workflow.defn(failure_exception_types=[ValidationError])
class ExportPerson:
    """Sends a person everything that is kept about them (id `export-{user_ref}`, so two requests at once send it once).

    The channel collects the data when it sends them, so no history holds them.
    """

    @workflow.run
    async def run(self, request: ExportRequest) -> None:
        """Delivers the files. If that fails, tells the person and fails, so that operators see it."""
        announcement, export, apology = (delivery_key(request.update_id, part) for part in (1, 2, 3))
        asker = await Asker.recalled(request)
        with suppress(ActivityError):
            await asker.send(
                announcement,
                Notice(code=NoticeCode.COLLECTING_EXPORT),
                summary="Say that it has begun",
                policy=policies.ACKNOWLEDGEMENT,
            )
        try:
            await asker.send(
                export,
                DataExport(user_ref=request.user_ref),
                summary="All that is kept, as files",
                policy=policies.FILES,
                replaces=announcement,
            )
        except ActivityError:
            with suppress(ActivityError):
                await asker.send(
                    apology,
                    Notice(code=NoticeCode.EXPORT_FAILED),
                    summary="Say that it did not work",
                    replaces=announcement,
                )
            raise
