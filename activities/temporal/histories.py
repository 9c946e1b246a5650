"""Ending and deleting a person's workflows, so that no payload of theirs remains on the server."""

from __future__ import annotations

from datetime import datetime

from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from schema.activities import PersonRef, PersonToSweep, WorkflowHistories

NAMED_AFTER_A_PERSON = ("onboarding", "listening", "language", "profile", "insights", "export", "erase")
"""Workflows with an id of this word and the `user_ref`. Whatever these started is found by them, as its root."""


class TemporalHistories(WorkflowHistories):
    """Deletes workflow executions, running ones too: the server terminates them first.

    The server takes up to a minute over what has ended before; then it is gone for good. Asking twice is asking once.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn
    async def forget_workflows(self, ref: PersonRef) -> None:
        for workflow_id in _ids(ref.user_ref):
            # By its id, so that a run that began this very moment, which no list shows yet, is ended too.
            if workflow_id != activity.info().workflow_id:
                await self._delete(workflow_id)
        await self._delete_listed(ref.user_ref)

    @activity.defn
    async def sweep_workflows(self, swept: PersonToSweep) -> None:
        await self._delete_listed(swept.user_ref, started_before=swept.erased_at)

    async def _delete_listed(self, user_ref: str, started_before: datetime | None = None) -> None:
        ids = ", ".join(f"'{workflow_id}'" for workflow_id in _ids(user_ref))
        began = f" AND StartTime < '{started_before.isoformat()}'" if started_before else ""
        async for listed in self._client.list_workflows(f"RootWorkflowId IN ({ids}){began}"):
            if listed.run_id != activity.info().workflow_run_id:
                await self._delete(listed.id, listed.run_id)

    async def _delete(self, workflow_id: str, run_id: str = "") -> None:
        """One run, or the current one; one that is gone already is as good as deleted."""
        try:
            await self._client.workflow_service.delete_workflow_execution(
                DeleteWorkflowExecutionRequest(
                    namespace=self._client.namespace,
                    workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
                )
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise


def _ids(user_ref: str) -> list[str]:
    return [f"{word}-{user_ref}" for word in NAMED_AFTER_A_PERSON]
