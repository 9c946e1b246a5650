"""Task queues that workers of the system serve. A channel's delivery queue is named by whoever starts the session."""

ONBOARDING = "onboarding"
"""Workflows, their local activities, and instant feedback: all that a waiting person waits for."""

ANALYSIS = "analysis"
"""Deep analysis, kept apart so that a slow provider never delays a person."""
