"""The workflows of onboarding, for workers and replay."""

from __future__ import annotations

from workflows.onboarding.session import OnboardingSession

WORKFLOWS: tuple[type, ...] = (OnboardingSession,)
