"""Public names of account: its workflow ids."""

from __future__ import annotations

from schema.id_pattern import IdPattern

EXPORT_ID = IdPattern("export", "ExportPerson")
LANGUAGE_ID = IdPattern("language", "RememberLanguage")
ERASE_ID = IdPattern("erase", "ErasePerson")
SWEEP_ID = IdPattern("sweep", "SweepErased")

REWRAP_KEYS = "account.rewrap_keys"
"""The type of the workflow that wraps everybody's keys anew. It is nobody's."""
REWRAP_KEYS_ID = "rewrap-keys"

FORGET_OLD = "account.forget_old"
"""The type of the workflow that deletes what has been kept for long enough. It is nobody's."""
FORGET_OLD_ID = "forget-old"
"""Its schedule, and how its ids begin."""
