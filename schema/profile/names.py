"""Public names of profile: its workflow ids."""

from __future__ import annotations

from schema.workflow_id import WorkflowId

PROFILE_ID = WorkflowId("profile", "ShowProfile")
INSIGHTS_ID = WorkflowId("insights", "ShowProfile")
