"""The workflows of legacy, for workers and replay."""

from __future__ import annotations

from workflows.legacy.move_in import MoveInFromLegacy

WORKFLOWS: tuple[type, ...] = (MoveInFromLegacy,)
