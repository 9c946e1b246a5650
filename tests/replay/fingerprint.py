"""What a workflow told the server to do: its commands, in order, in words that a diff can show.

Replay finds an edit that contradicts a recorded history. It can't find one that only adds commands where every recorded
history ends. The fingerprint of a live run of the same scenario does: it is compared with the one that is committed.
"""

from __future__ import annotations

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from workers.replay import local_activity

# Analyses run beside the conversation, so their place among its commands is chance; that they ran is not.
_BACKGROUND = ("analyse_answer", "fold_analysis")

_COMMANDS = {
    "timer_started_event_attributes": "timer",
    "upsert_workflow_search_attributes_event_attributes": "search attributes",
    "workflow_execution_completed_event_attributes": "complete",
    "workflow_execution_failed_event_attributes": "fail",
    "workflow_execution_continued_as_new_event_attributes": "continue as new",
}


def fingerprint(history: WorkflowHistory) -> list[str]:
    """The commands of a conversation in order, then those of its background, sorted."""
    commands = [command for event in history.events if (command := _command(event))]
    if commands[-2:] == ["child ErasePerson", "timer"]:
        # The erasure ends the workflow that has begun it: whether that comes to its next wait before is chance.
        commands.pop()
    background = [c for c in commands if c.endswith(_BACKGROUND)]
    return [c for c in commands if not c.endswith(_BACKGROUND)] + sorted(background)


def _command(event: HistoryEvent) -> str | None:
    attributes = event.WhichOneof("attributes") or ""
    if attributes == "activity_task_scheduled_event_attributes":
        return f"activity {event.activity_task_scheduled_event_attributes.activity_type.name}"
    if attributes == "start_child_workflow_execution_initiated_event_attributes":
        return f"child {event.start_child_workflow_execution_initiated_event_attributes.workflow_type.name}"
    if attributes == "marker_recorded_event_attributes":
        return f"local {name}" if (name := local_activity(event)) else "marker"
    return _COMMANDS.get(attributes)
