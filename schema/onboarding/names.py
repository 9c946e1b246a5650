"""Public names of onboarding: its workflow id and its task queue."""

from __future__ import annotations

from schema.id_pattern import IdPattern

SESSION_ID = IdPattern("onboarding", "OnboardingSession")

TASK_QUEUE = "onboarding"
"""The task queue of workflows of every domain and their local activities: all work that a person waits for."""
