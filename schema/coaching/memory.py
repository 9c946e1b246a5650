"""What is remembered of what a person says, as it passes between the database and whoever reads it in their words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from schema.base_model import Model
from schema.coaching.context import MemoryKind
from schema.coaching.wishes import StyleWish
from schema.vocabulary import Locale

LONGEST_MEMORY = 300
"""Letters of one memory: one thing, in a line."""

MOST_KNOWN = 10
"""How many of the nearest memories whoever reads a message is shown."""


class KnownMemory(Model):
    """A memory that holds, as whoever reads new words is shown it."""

    memory_id: str
    kind: MemoryKind
    text: str
    told_on: date
    just_told: bool = False
    """Whether it comes from the message before."""


ChangeAction = Literal["add", "confirm", "supersede", "forget"]


class ToldMessage(Model):
    """One message of the person, with what is known already."""

    reply_id: str = ""
    """The reply that it got, under which a model's work on it is booked."""
    locale: Locale
    """The person's language."""
    text: str
    said_on: date
    asked: str = ""
    """What the coach had said before it. Nothing is remembered of that."""
    known: list[KnownMemory] = []


class Change(Model):
    """One thing that a message changes in what is remembered."""

    action: ChangeAction
    memory_id: str | None = None
    """The known memory that it is about; None for a new one."""
    kind: MemoryKind = "fact"
    text: str = ""
    """Of what is new: one thing, in a line."""
    quote: str = ""
    """The person's words that carry it."""
    confidence: float = 0.6
    true_from: date | None = None
    """Since when it is true, where the words say so."""


class ShownMemory(Model):
    """A memory as its person sees it."""

    memory_id: str
    kind: MemoryKind
    text: str
    quote: str
    told_at: datetime


class ShownWish(Model):
    """A wish of how to be spoken to, as its person sees it."""

    wish: StyleWish
    quote: str
    """The person's own words."""


class MemoryPage(Model):
    """A page of what the coach remembers of a person."""

    memories: list[ShownMemory]
    page: int
    """From 0."""
    pages: int
    wishes: list[ShownWish] = []
    """Those that hold; with the first page only."""
    offline: bool = False
    """Whether rules alone read what is to be remembered of this person."""
