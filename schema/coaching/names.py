"""Public names of coaching: its workflow ids."""

from __future__ import annotations

from schema.id_pattern import IdPattern

COACH_ID = IdPattern("coach", "coaching.conversation")
FOLLOW_UP_ID = IdPattern("followup", "coaching.follow_up")
"""One for each agreement."""
STEPS_ID = IdPattern("steps", "coaching.show_steps")
MEMORY_ID = IdPattern("memory", "coaching.show_memories")
CONTACT_ID = IdPattern("contact", "coaching.set_contact")
INSIGHT_DENIAL_ID = IdPattern("untrue", "coaching.take_insight_denial")
