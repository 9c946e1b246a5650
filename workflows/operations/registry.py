"""The workflows of operations, for workers and replay."""

from __future__ import annotations

from workflows.operations.backup import Backup

WORKFLOWS: tuple[type, ...] = (Backup,)
