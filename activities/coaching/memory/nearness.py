"""How near memories are to what is said: by meaning where the encoder is at hand, by words, by age, and by weight."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import exp, log1p

from activities.ai.offline.memory import likeness
from activities.ai.offline.memory_reading import told_in
from activities.ai.offline.memory_words import memory_words
from activities.coaching.meaning import Meanings, cosine
from activities.coaching.memory.store import Kept
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import language_of

_BY_WORDS, _BY_RECENCY, _BY_WEIGHT, _ASKED_FOR, _CLOSED = 0.8, 0.15, 0.1, 1.0, -0.3
_FADES_IN_DAYS = 30.0
_WEIGHTS = {"goal": 1.0, "person": 0.8, "boundary": 1.0, "preference": 0.5, "fact": 0.6}


async def nearest(
    text: str, said_at: datetime, locale: Locale, memories: Sequence[Kept], meanings: Meanings | None
) -> list[Kept]:
    """The memories, those first that are nearest to a text that was said at a time."""
    locale = language_of(text, locale)
    book = memory_words(locale)
    topics = book.topics(text)
    asked = {slot for slot, pattern in book.asked_slots.items() if pattern.search(_plain(text))}
    meaning = (await meanings.vectors_of([text]))[0] if meanings and memories else None

    def score(memory: Kept) -> float:
        shared = topics & book.topics(memory.text)
        found = _BY_WORDS * (len(shared) / len(topics) if topics else 0.0)
        found += 0.2 * likeness(topics, book.topics(memory.text))
        if meaning is not None and memory.vector is not None:
            found += cosine(meaning, memory.vector)
        if asked and asked & _slots(memory, locale):
            found += _ASKED_FOR
        days = max(0.0, (said_at - memory.learnt_at).total_seconds() / 86400)
        found += _BY_RECENCY * exp(-days / _FADES_IN_DAYS)
        found += _BY_WEIGHT * _WEIGHTS[memory.kind] * (1 + log1p(memory.confirmed))
        return found + (_CLOSED if memory.closed_at else 0)

    return sorted(memories, key=score, reverse=True)


def _slots(memory: Kept, locale: Locale) -> set[str]:
    """What the person's own memories are about: where they live, what they do."""
    slots = {slot for found in told_in(memory.text, locale) for slot in found.slots}
    return {slot.removeprefix("me.") for slot in slots if slot.startswith("me.")}


def _plain(text: str) -> str:
    return text.lower().replace("ё", "е").replace("’", "'").replace("'m", " am")
