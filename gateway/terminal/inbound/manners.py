"""How the invented people of demonstrations talk."""

from __future__ import annotations

from enum import StrEnum


class Manner(StrEnum):
    """The manner of an invented person. There is one person of each manner in every language."""

    OPEN = "open"
    TERSE = "terse"
    VERBOSE = "verbose"
    GRIEVING = "grieving"
    IRONIC = "ironic"
    ANGRY = "angry"
    HOPEFUL = "hopeful"
