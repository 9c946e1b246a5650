"""All scenarios whose histories are recorded, in the order in which their modules register them."""

from __future__ import annotations

from tests.replay import (
    background_scenarios,
    coach_scenarios,
    follow_up_scenarios,
    legacy_scenarios,
    request_scenarios,
    session_scenarios,
    voice_scenarios,
)
from tests.replay.staging import SCENARIOS

__all__ = [
    "SCENARIOS",
    "background_scenarios",
    "coach_scenarios",
    "follow_up_scenarios",
    "legacy_scenarios",
    "request_scenarios",
    "session_scenarios",
    "voice_scenarios",
]
