"""Finds sessions whose histories know of more than the database, as after PostgreSQL alone was restored, and mends."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import NamedTuple

import asyncpg
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client

from schema.workflow_ids import person_of
from workflows.onboarding import search_attributes

OPEN = "WorkflowType = 'OnboardingSession' AND ExecutionStatus = 'Running'"


class Behind(NamedTuple):
    """A session of which the database has lost something."""

    workflow_id: str
    history: int
    """How many answers its history has."""
    rows: int
    """How many of them the database has."""


async def behind(client: Client, pool: asyncpg.Pool) -> AsyncIterator[Behind]:
    """Yields the open sessions that have more answers than their rows."""
    async for session in client.list_workflows(OPEN):
        answers = session.typed_search_attributes.get(search_attributes.ANSWERS) or 0
        rows = await pool.fetchval(
            "SELECT count(*) FROM onboarding_system.answers WHERE NOT addendum AND session_id = ("
            "SELECT session_id FROM onboarding_system.sessions WHERE user_ref = $1 ORDER BY opened_at DESC LIMIT 1)",
            person_of(session.id),
        )
        if rows < answers:
            yield Behind(session.id, answers, rows)


async def bring_level(client: Client, session: Behind) -> None:
    """Has a session take all its answers again, under the same ids, which writes the rows that are missing.

    Its person may see again what was sent since the moment to which the database went back. To do it again, after an
    interruption, changes nothing for whom it was done.
    """
    handle = client.get_workflow_handle(session.workflow_id)
    async for event in handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            await client.workflow_service.reset_workflow_execution(
                ResetWorkflowExecutionRequest(
                    namespace=client.namespace,
                    workflow_execution=WorkflowExecution(workflow_id=session.workflow_id),
                    reason="its rows are older than its history",
                    workflow_task_finish_event_id=event.event_id,
                    request_id=str(uuid.uuid4()),
                )
            )
            return
