"""Public names of analysis: its workflow id and its task queues."""

from __future__ import annotations

from schema.id_pattern import IdPattern

DEFERRED_ID = IdPattern("deferred", "DeferredAnalysis")

OFFLINE_QUEUE = "analysis"
"""The queue of deep analyses by the offline analyst. Separate, so that they never delay a person."""


def provider_queue(provider: str) -> str:
    """The queue of a provider of language models. Separate, so that a slow provider takes no slots from another."""
    return f"ai-{provider}"
