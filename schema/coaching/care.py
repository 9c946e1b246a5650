"""How long the coach is careful with a person in whose words danger was heard, and what the person says of that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime, timedelta

from temporalio import activity

from schema.analysis.routing import ModelRef
from schema.base_model import Model
from schema.danger import SafetyReply
from schema.vocabulary import CrisisKind, Locale

CARE_LASTS = timedelta(days=7)
"""So long after a danger nothing bright is said, no step is asked for, and no insight is looked for."""
SHORT_CARE_LASTS = timedelta(days=2)
"""So long after a danger that the second net alone heard and nobody has confirmed, and after a word of the person that
they are safe, or that the rules misread them."""


class SafetyTold(Model):
    """Input of `take_safety_answer`: what a person says of a danger that was heard in their words."""

    user_ref: str
    answer: SafetyReply
    reply_id: str | None = None
    """The reply that got the words; None for their latest answer in a session."""
    crisis: CrisisKind | None = None
    """The danger that they were told was heard."""
    told_in: str | None = None
    """The reply that the words get by which they say it; None where they tap a button, or say more."""
    told_at: datetime


class SafetyTaken(Model):
    """What became of it."""

    locale: Locale | None = None
    """The person's language; None for whose talks are not kept."""
    conversation_id: str | None = None
    waits: bool = False
    """Whether the words that were misread still wait for a reply, and nothing was said since."""
    readers: list[ModelRef] = []
    """As in `Heard`."""


class CareStore(ABC):
    """Keeps how long the coach is careful with a person. Local."""

    @activity.defn(name="coaching.take_safety_answer")
    @abstractmethod
    async def take_safety_answer(self, told: SafetyTold) -> SafetyTaken:
        """Takes what a person says of a danger that was heard in their words. Idempotent.

        Help confirms it. That they are safe, or were misread, shortens the care. What the second net alone heard, and
        was misread, is danger no more: the words count as any others.
        """
