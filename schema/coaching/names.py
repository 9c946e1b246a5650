"""Public names of coaching: its workflow id."""

from __future__ import annotations

from schema.id_pattern import IdPattern

COACH_ID = IdPattern("coach", "coaching.conversation")
