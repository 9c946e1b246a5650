"""ExportPerson: the person asks for all that is kept about them."""

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
    """Brings a person all that is kept about them (id `export-{user_ref}`: asking twice brings it once).

    The channel collects it when it sends it, so no history holds any of it.
    """

    @workflow.run
    async def run(self, request: ExportRequest) -> None:
        """Delivers. Fails when that was not possible, so that operators see it, after the person was told."""
        announcement, export, apology = (delivery_key(request.update_id, part) for part in (1, 2, 3))
        asker = await Asker.recalled(request)
        with suppress(ActivityError):
            await asker.hears(
                announcement,
                Notice(code=NoticeCode.COLLECTING_EXPORT),
                summary="Say that it has begun",
                policy=policies.ACKNOWLEDGEMENT,
            )
        try:
            await asker.hears(
                export,
                DataExport(user_ref=request.user_ref),
                summary="All that is kept, as files",
                policy=policies.FILES,
                replaces=announcement,
            )
        except ActivityError:
            with suppress(ActivityError):
                await asker.hears(
                    apology,
                    Notice(code=NoticeCode.EXPORT_FAILED),
                    summary="Say that it did not work",
                    replaces=announcement,
                )
            raise
