"""What the coach remembers, as its person is handed it."""

from __future__ import annotations

from datetime import date, datetime

from schema.account.kept import Kept
from schema.coaching.context import MemoryKind


class KeptMemory(Kept):
    """One thing that the coach remembers."""

    memory_id: str
    """Names this memory."""
    kind: MemoryKind
    """What sort of thing it is."""
    text: str | None
    """What is remembered; empty when nobody can read it any more."""
    quote: str | None
    """Your words that it rests on."""
    told_in: str
    """The message or the answer in which you said it."""
    message_id: str | None
    """The same, if it was a message to the coach."""
    position: int
    """Which of the things said there it is."""
    confirmed_by: list[str]
    """The messages in which you said it again."""
    confidence: float
    """How sure it is, from 0 to 1."""
    extractor: str
    """Who read it in your words: `offline` or the name of a language model."""
    learnt_at: datetime
    """When you said it."""
    closed_at: datetime | None
    """When you said something else in its place, if you did."""
    true_from: date | None
    """Since when it is true, where you said so."""
    true_to: date | None
    """When it stopped being true, as far as is known."""
    replaced_by: str | None
    """The memory that took its place."""
    last_used_at: datetime | None
    """When a reply last rested on it."""
    vector: str | None
    """Its meaning as numbers, by which it is found."""


class KeptInsight(Kept):
    """A connection across what you answered and told the coach."""

    insight_id: str
    """Names this insight."""
    text: str | None
    """The insight; empty when nobody can read it any more."""
    gist: str | None
    """The same in a few words, by which a newer one is compared with it."""
    quotes: list[str]
    """Your words that it rests on."""
    sources: list[str]
    """The answers and messages in which you said them."""
    writer: str
    """Who found it: `offline` or the name of a language model."""
    made_at: datetime
    """When it was found."""
    told_in: str | None
    """The reply that told you of it."""
    shown_at: datetime | None
    """When you first saw it."""
    denied_at: datetime | None
    """When you said that it is not true: it is not used any more, nor one like it made."""


class KeptInsightLook(Kept):
    """When what you said was last read for insights."""

    look_id: str
    """Names this reading."""
    looked_at: datetime
    """When it was."""


class KeptBlock(Kept):
    """A few lines that the coach always has in mind."""

    block: str
    """Which ones: `who` you are, what goes on `now`, or what was `agreed`."""
    text: str | None
    """The lines."""
    rebuilt_at: datetime
    """When they were put together."""


class KeptSummary(Kept):
    """What a long conversation was about before its last messages."""

    text: str | None
    """The most telling of your words."""
    up_to: str
    """The last message in it."""
    summed_up_at: datetime
    """When it was put together."""
