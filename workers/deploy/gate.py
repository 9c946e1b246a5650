"""Before a version gets tasks: whether its code goes on with the workflows that are open now."""

from __future__ import annotations

from collections import Counter

from temporalio.client import Client

from schema.base_model import Model
from workers.replay import WORKFLOW_OF_TYPE, first_difference, is_readable

EACH = 20
"""How many open workflows of a type are replayed, the newest first."""


class Gate(Model):
    """What the replay of open workflows has shown."""

    replayed: int = 0
    unread: int = 0
    """Those whose key is destroyed, or not here."""
    differs: str | None = None
    """The first workflow that this code does not take, and the event at which it differs."""


async def replayed_open(client: Client, each: int = EACH) -> Gate:
    """Replays open workflows of every type against the code that runs here, until one differs."""
    seen = Counter[str]()
    for kind in WORKFLOW_OF_TYPE:
        running = client.list_workflows(f"WorkflowType = '{kind}' AND ExecutionStatus = 'Running'", limit=each)
        async for history in running.map_histories():
            if not await is_readable(history, client.data_converter):
                seen["unread"] += 1
                continue
            if difference := await first_difference(history, client.data_converter):
                return Gate(**seen, differs=f"{history.workflow_id}: {difference}")
            seen["replayed"] += 1
    return Gate(**seen)
