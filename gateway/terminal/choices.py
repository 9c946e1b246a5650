"""The choices that a person in a terminal makes by number."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from schema.deliveries import (
    Concern,
    ConsentRequest,
    FatigueOffer,
    Goodbye,
    Message,
    Paused,
    Question,
    SafetyQuestion,
    Summary,
)


class Choice(StrEnum):
    """A choice that other channels offer as a button; a terminal numbers them from 1."""

    AGREE = "agree"
    DECLINE = "decline"
    GO_ON = "go-on"
    PAUSE = "pause"
    STOP = "stop"
    RESUME = "resume"
    KEEP = "keep"
    ERASE_SURE = "erase-sure"
    ERASE_REALLY_SURE = "erase-really-sure"
