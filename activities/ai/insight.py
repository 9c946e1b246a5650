"""The port of whoever finds a connection across what a person has said, and what every connection must rest on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from schema.base_model import Model
from schema.coaching.insights import SourceKind
from schema.vocabulary import Locale

_FEWEST_WORDS, _LONGEST_QUOTE, _MOST_QUOTES = 2, 300, 4


class OwnText(Model):
    """An answer, or a message to the coach."""

    source_id: str
    kind: SourceKind
    text: str
    language: Locale
    said_at: datetime


class Material(Model):
    """All that an insight may rest on."""

    look_id: str
    """What is booked for it stands under this id."""
    locale: Locale
    """The person's language."""
    texts: list[OwnText]
    """The oldest first."""
    known: list[str] = []
    """What was found before, also what the person has denied: it is not to be found again."""
    boundaries: list[str] = []
    """What must not be brought up."""

    def borne(self, quotes: Sequence[Quoted]) -> list[Quoted]:
        """The quotes that stand word for word in their texts, one of each text, the oldest first.

        Empty when they carry no connection: they must come from two days, or from an answer and a talk.
        """
        texts = {text.source_id: text for text in self.texts}
        found: dict[str, Quoted] = {}
        for quote in quotes:
            words = " ".join(quote.words.split())
            text = texts.get(quote.source_id)
            stands = text and words in " ".join(text.text.split())
            if stands and len(words.split()) >= _FEWEST_WORDS and len(words) <= _LONGEST_QUOTE:
                found.setdefault(quote.source_id, Quoted(source_id=quote.source_id, words=words))
        ordered = [found[text.source_id] for text in self.texts if text.source_id in found][-_MOST_QUOTES:]
        days = {texts[quote.source_id].said_at.date() for quote in ordered}
        kinds = {texts[quote.source_id].kind for quote in ordered}
        return ordered if len(days) > 1 or len(kinds) > 1 else []


class Quoted(Model):
    """Words of one text."""

    source_id: str
    words: str


class Connection(Model):
    """What returns, or belongs together, in several texts."""

    text: str
    """One or two sentences to the person: an observation or a question, never a verdict."""
    gist: str
    """The same in a few words."""
    quotes: list[Quoted]


class InsightWriter(Protocol):
    """Looks for a connection: a language model, or the offline rules."""

    writer: str
    """`offline`, or `provider/model`."""

    async def connect(self, material: Material) -> Connection | None:
        """The connection that says most; None where there is none that is worth telling.

        Raises:
            ApplicationError: of the types in `activities.ai.errors`.
        """
        ...
