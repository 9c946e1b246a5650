"""Public names of legacy: the workflow that moves people in from the system before this one, and its queue."""

from __future__ import annotations

MOVE_IN = "legacy.move_in"
"""The type of the workflow. It is nobody's, and there is one."""
MOVE_IN_ID = "legacy-import"

LEGACY_QUEUE = "legacy"
"""The queue of all activities that read the old tables, or take back what came of them."""
