"""What a person says about a reply of the coach by a button under it."""

from __future__ import annotations

from enum import StrEnum


class ReplyMark(StrEnum):
    """The buttons under a reply."""

    DIFFERENTLY = "differently"
    """The same is to be said another way."""
    MISSED = "missed"
    """The reply misread the person. The coach asks what it missed."""
    ENOUGH = "enough"
    """It is enough for today."""


MOST_REWORDINGS = 2
"""How often one reply may be said another way."""
