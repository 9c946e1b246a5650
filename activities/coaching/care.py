"""How long the coach is careful with a person who has spoken of danger."""

from __future__ import annotations

from datetime import timedelta

CARE_LASTS = timedelta(days=7)
"""So long after a danger nothing bright is said, no step is asked for, and no insight is looked for."""
