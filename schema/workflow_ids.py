"""The workflow ids of all domains, to find all workflows of a person and the person of a workflow."""

from __future__ import annotations

from schema.account.names import ERASE_ID, EXPORT_ID, LANGUAGE_ID, SWEEP_ID
from schema.analysis.names import DEFERRED_ID
from schema.coaching.names import COACH_ID, CONTACT_ID, FOLLOW_UP_ID, INSIGHT_DENIAL_ID, MEMORY_ID, STEPS_ID
from schema.identity import USER_REF_LENGTH
from schema.onboarding.names import SESSION_ID
from schema.profile.names import (
    DENIAL_ID,
    EVOLUTION_ID,
    FIND_ID,
    INSIGHTS_ID,
    OBJECTION_ID,
    PROFILE_ID,
    REASONS_ID,
    SIMILAR_ID,
    VALUES_ID,
)
from schema.safety.names import LISTENING_ID
from schema.voice.names import VOICE_ID

WORKFLOW_IDS = (
    SESSION_ID,
    COACH_ID,
    FOLLOW_UP_ID,
    MEMORY_ID,
    STEPS_ID,
    CONTACT_ID,
    INSIGHT_DENIAL_ID,
    DEFERRED_ID,
    PROFILE_ID,
    INSIGHTS_ID,
    EVOLUTION_ID,
    VALUES_ID,
    REASONS_ID,
    OBJECTION_ID,
    DENIAL_ID,
    FIND_ID,
    SIMILAR_ID,
    EXPORT_ID,
    LANGUAGE_ID,
    LISTENING_ID,
    VOICE_ID,
    ERASE_ID,
    SWEEP_ID,
)
"""All kinds of ids. Each contains the person's `user_ref`, which `person_of` returns."""

_WORDS = {each.word for each in WORKFLOW_IDS}


def person_of(workflow_id: str) -> str | None:
    """The `user_ref` in a workflow id; None if it has none."""
    word, _, rest = workflow_id.partition("-")
    user_ref = rest.partition("-")[0]
    return user_ref if word in _WORDS and len(user_ref) == USER_REF_LENGTH else None
