"""Insights across what a person has answered and told: what is looked for, found, shown and denied."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import PositiveInt
from temporalio import activity

from schema.analysis.readings import OFFLINE_ANALYST
from schema.analysis.routing import ModelRef, Tier
from schema.base_model import Model
from schema.person import PersonRequest
from schema.vocabulary import Locale

SourceKind = Literal["answer", "talk"]
"""Where the person said something: in answer to a question, or to the coach."""


class InsightSettings(Model):
    """How much a person must have said before their words are read for an insight again."""

    fresh_texts: PositiveInt = 8
    """So many answers and messages since they were last read."""
    over_days: PositiveInt = 2
    """Of so many different days."""
    fewest_words: PositiveInt = 5
    """A shorter text does not count."""
    rests: timedelta = timedelta(days=1)
    """At least this long after they were last read."""


class LookToClaim(Model):
    """Input of `claim_look`."""

    user_ref: str
    look_id: str
    """Names this look; the same one is claimed again."""
    now: datetime
    settings: InsightSettings


class LookClaimed(Model):
    """Whether the person's words are to be read now."""

    due: bool = False
    readers: list[ModelRef] = []
    """The models that may read them, in order of attempt. The offline rules follow them."""


class InsightToSeek(Model):
    """Input of `seek`. The activity reads the person's words from the database."""

    user_ref: str
    look_id: str
    now: datetime
    locale: Locale
    tier: Tier = Tier.OFFLINE


class InsightSought(Model):
    """What became of it."""

    found: bool
    """Whether there is an insight that is new."""


class InsightQuote(Model):
    """The person's own words that an insight rests on."""

    words: str
    kind: SourceKind
    said_at: datetime


class Insight(Model):
    """An insight that the person has not denied."""

    insight_id: str
    text: str
    quotes: list[InsightQuote]
    """The oldest first."""
    made_at: datetime
    writer: str = OFFLINE_ANALYST
    """Who found it: `offline`, or `provider/model`."""


class InsightsShown(Model):
    """Input of `show`."""

    user_ref: str
    shown_at: datetime


class CurrentInsights(Model):
    """The insights that a person may see."""

    insights: list[Insight]
    """The newest first."""


class InsightDenied(Model):
    """Input of `deny`."""

    user_ref: str
    insight_id: str
    denied_at: datetime


class InsightDenial(PersonRequest):
    """Input of `DenyInsight`: the person says that an insight is not true."""

    insight_id: UUID


class InsightStore(ABC):
    """Keeps insights. Local."""

    @activity.defn(name="coaching.claim_look")
    @abstractmethod
    async def claim_look(self, look: LookToClaim) -> LookClaimed:
        """Whether there is enough new to read; then it counts as read. Never so soon after a danger."""

    @activity.defn(name="coaching.show_insights")
    @abstractmethod
    async def show(self, shown: InsightsShown) -> CurrentInsights:
        """The insights that stand, which the person then has seen."""

    @activity.defn(name="coaching.deny_insight")
    @abstractmethod
    async def deny(self, denied: InsightDenied) -> bool:
        """Keeps that an insight is not true; False when it is there no more. Idempotent."""


class InsightSeeker(ABC):
    """Reads what a person has said for an insight. Remote, on the queue of whoever reads."""

    @activity.defn(name="coaching.seek_insight")
    @abstractmethod
    async def seek(self, look: InsightToSeek) -> InsightSought:
        """Keeps one insight, once by its look, if there is one that is new by meaning."""
