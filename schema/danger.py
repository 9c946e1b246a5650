"""Danger in a text: how sure it is, of which kind, to whom, and when."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Literal

from schema.base_model import Model
from schema.vocabulary import CrisisKind


class DangerLevel(IntEnum):
    """How sure it is that a text speaks of danger."""

    SOFT = 1
    """Likely enough for one soft sentence and a question within reach."""
    SURE = 2
    """Enough for crisis support, which comes alone."""


class DangerAbout(StrEnum):
    """Whose the danger is."""

    SELF = "SELF"
    """The person who writes."""
    OTHER = "OTHER"
    """Somebody else, who is no child or of no known age."""
    CHILD = "CHILD"
    """A child: somebody else's, the person's own, or the person, if they say that they are one."""
    BY_SELF = "BY_SELF"
    """Somebody whom the person has hurt, or is afraid to hurt."""


class DangerTime(StrEnum):
    """When the danger is."""

    NOW = "NOW"
    """Now, lately, or at a time not said."""
    PAST = "PAST"
    """Long ago."""


class DangerHarm(StrEnum):
    """Harm that has happened just now and needs an ambulance first."""

    TAKEN = "TAKEN"
    """Something taken, drunk or breathed."""
    BLEEDING = "BLEEDING"


SafetyReply = Literal["safe", "help", "misread"]
"""What a person says when asked whether they are safe: they are; they need help now; their words were misread."""


class Danger(Model):
    """A danger that a text speaks of."""

    kind: CrisisKind
    level: DangerLevel = DangerLevel.SURE
    about: DangerAbout = DangerAbout.SELF
    when: DangerTime = DangerTime.NOW
    harm: DangerHarm | None = None

    @property
    def sure(self) -> bool:
        """Whether it brings crisis support."""
        return self.level is DangerLevel.SURE


def graver(found: Danger | None, heard: Danger | None) -> Danger | None:
    """The surer of two dangers; the first of equals, because rules know more of a danger than its kind.

    The order of urgency in `CrisisKind` is for the kinds that rules find in one text. Between two readers it would let
    the one that knows less decide what the person is told.
    """
    return max((danger for danger in (found, heard) if danger), key=lambda danger: danger.level, default=None)
