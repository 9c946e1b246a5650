"""Names of onboarding that others know: its workflow id and its task queue."""

from __future__ import annotations

from schema.workflow_id import WorkflowId

SESSION_ID = WorkflowId("onboarding", "OnboardingSession")

TASK_QUEUE = "onboarding"
"""All that a waiting person waits for: workflows of every domain, and their local activities."""
