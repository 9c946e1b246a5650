"""How long the coach is careful with a person who has spoken of danger, and where that stands."""

from __future__ import annotations

from datetime import timedelta

CARE_LASTS = timedelta(days=7)
"""So long after a danger nothing bright is said, no step is asked for, and no insight is looked for."""

DANGERS = """
    SELECT message_id AS source_id, said_at FROM coach_system.messages WHERE user_ref = $1 AND crisis IS NOT NULL
    UNION ALL
    SELECT answer_id, answered_at FROM onboarding_system.answers WHERE user_ref = $1 AND crisis IS NOT NULL
"""
"""What a person ($1) said in which danger was heard at once."""
