"""Public names of safety: its workflow id."""

from __future__ import annotations

from schema.workflow_id import WorkflowId

LISTENING_ID = WorkflowId("listening", "Listening")
