"""Finds sessions whose histories know of more than the database, as after PostgreSQL alone was restored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

import asyncpg
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
