"""Public names of account: its workflow ids."""

from __future__ import annotations

from schema.workflow_id import WorkflowId

EXPORT_ID = WorkflowId("export", "ExportPerson")
LANGUAGE_ID = WorkflowId("language", "RememberLanguage")
ERASE_ID = WorkflowId("erase", "ErasePerson")
SWEEP_ID = WorkflowId("sweep", "SweepErased")
