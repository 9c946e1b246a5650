"""Public names of profile: its workflow ids."""

from __future__ import annotations

from schema.id_pattern import IdPattern

PROFILE_ID = IdPattern("profile", "ShowProfile")
INSIGHTS_ID = IdPattern("insights", "ShowProfile")
OBJECTION_ID = IdPattern("objection", "profile.take_objection")
EVOLUTION_ID = IdPattern("evolution", "ShowProfile")
VALUES_ID = IdPattern("values", "ShowProfile")
REASONS_ID = IdPattern("reasons", "profile.show_reasons")
DENIAL_ID = IdPattern("denial", "profile.take_denial")
FIND_ID = IdPattern("find", "profile.find_words")
SIMILAR_ID = IdPattern("similar", "profile.find_similar")

INDEX_VECTORS = "profile.index_vectors"
"""The type of the workflow that keeps vectors up to date. It is nobody's, and there is one."""
INDEX_VECTORS_ID = "index-vectors"

VECTORS_QUEUE = "vectors"
"""The queue of all activities that need vectors. The process that owns them serves it alone."""
