"""Task queues that workers of the system serve. A channel's delivery queue is named by whoever starts the session."""

ONBOARDING = "onboarding"
"""Workflows and their local activities: all that a waiting person waits for."""

ANALYSIS = "analysis"
"""Deep analysis by the offline analyst, kept apart so that it never delays a person."""


def of_provider(slug: str) -> str:
    """The queue of a provider of language models: one that is slow or down takes no workers from another."""
    return f"ai-{slug}"
