"""Names of analysis that others know: its workflow id and its task queues."""

from __future__ import annotations

from schema.workflow_id import WorkflowId

DEFERRED_ID = WorkflowId("deferred", "DeferredAnalysis")

OFFLINE_QUEUE = "analysis"
"""Deep analysis by the offline analyst, kept apart so that it never delays a person."""


def provider_queue(provider: str) -> str:
    """The queue of a provider of language models: one that is slow or down takes no workers from another."""
    return f"ai-{provider}"
