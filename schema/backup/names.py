"""Public names of backups: the workflow that makes them, its schedule and its queue."""

from __future__ import annotations

BACKUP = "operations.backup"
"""The type of the workflow that makes a backup. It is nobody's."""
BACKUP_ID = "backup"
"""Begins the id of each; what a schedule starts has its time behind it. It is the id of the schedule, too."""

BACKUPS_QUEUE = "backups"
"""The queue of all activities that make backups. The process that owns the embedded servers serves it alone."""

FORMAT = 1
"""The version of what lies in a directory of backups. An older version of Selfology refuses a newer one."""
