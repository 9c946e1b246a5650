"""The workflows of safety, for workers and replay."""

from __future__ import annotations

from workflows.safety.listening import Listening

WORKFLOWS: tuple[type, ...] = (Listening,)
