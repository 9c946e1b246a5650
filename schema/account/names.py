"""Public names of account: its workflow ids."""

from __future__ import annotations

from schema.id_pattern import IdPattern

EXPORT_ID = IdPattern("export", "ExportPerson")
LANGUAGE_ID = IdPattern("language", "RememberLanguage")
ERASE_ID = IdPattern("erase", "ErasePerson")
SWEEP_ID = IdPattern("sweep", "SweepErased")
