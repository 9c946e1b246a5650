"""Public names of profile: its workflow ids."""

from __future__ import annotations

from schema.id_pattern import IdPattern

PROFILE_ID = IdPattern("profile", "ShowProfile")
INSIGHTS_ID = IdPattern("insights", "ShowProfile")
OBJECTION_ID = IdPattern("objection", "profile.take_objection")
