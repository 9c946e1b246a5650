"""The workflows of profile, for workers and replay."""

from __future__ import annotations

from workflows.profile.show import ShowProfile

WORKFLOWS: tuple[type, ...] = (ShowProfile,)
