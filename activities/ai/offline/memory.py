"""The offline reader of memories: keeps the person's own words, by rules, and prefers nothing to something wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from activities.ai.offline.memory_reading import Found, sentences, told_in
from activities.ai.offline.memory_words import MemoryWords, memory_words
from activities.ai.offline.reflection import heard
from schema.analysis.readings import OFFLINE_ANALYST
from schema.coaching.memory import LONGEST_MEMORY, Change, KnownMemory, ToldMessage
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import language_of

_SAME, _LIKE = 0.8, 0.2
_CONFIDENT, _CORRECTED = 0.7, 0.9
_FEWEST = 2


class OfflineExtractor:
    """Works without model and network, in milliseconds."""

    extractor = OFFLINE_ANALYST

    def __init__(self) -> None:
        for locale in Locale:
            memory_words(locale)

    async def changes(self, told: ToldMessage) -> list[Change]:
        """What the message changes; it never fails."""
        return list(_changes(told))


def _changes(told: ToldMessage) -> Iterator[Change]:
    locale = language_of(told.text, told.locale)
    book = memory_words(locale)
    correction = correcting(told.text, locale)
    known = {each.memory_id: each for each in told.known}
    yield from (
        Change(action="forget", memory_id=lifted.memory_id) for lifted in _lifted(told.text, locale, told.known)
    )
    found = told_in(told.text, told.locale)
    for each in found:
        old = _same(each, list(known.values()), told.locale, book)
        if old:
            yield Change(action="confirm", memory_id=old.memory_id)
            continue
        old = _replaced(each, list(known.values()), told.locale, correcting=correction is not None)
        if old:
            known.pop(old.memory_id)
        yield Change(
            action="supersede" if old else "add",
            memory_id=old.memory_id if old else None,
            kind=each.kind,
            text=each.text,
            quote=each.text,
            confidence=_CONFIDENT,
        )
    if correction and not found:
        old = _meant_by(correction, list(known.values()), book)
        # "She is called Anya" says nothing without what it puts right.
        whole = f"{old.text}. {correction}" if old else correction
        if old and len(correction.split()) >= _FEWEST and len(whole) <= LONGEST_MEMORY:
            yield Change(
                action="supersede",
                memory_id=old.memory_id,
                kind=old.kind,
                text=whole,
                quote=correction,
                confidence=_CORRECTED,
            )


def correcting(text: str, locale: Locale) -> str | None:
    """The words with which a message puts right what was said before; None if it does not."""
    book = memory_words(locale)
    for sentence, meant in sentences(heard(text, locale)):
        if meant and not sentence.is_question and book.corrects.search(sentence.plain):
            return None if book.reported.search(sentence.plain) else sentence.text.rstrip(".! ")
    return None


def _lifted(text: str, locale: Locale, known: Sequence[KnownMemory]) -> list[KnownMemory]:
    """The boundaries that the person takes back."""
    book = memory_words(locale)
    allowed = [
        sentence
        for sentence, meant in sentences(heard(text, locale))
        if meant and book.again_allowed.search(sentence.plain)
    ]
    topics = frozenset(topic for sentence in allowed for topic in book.topics(sentence.text))
    return [each for each in known if each.kind == "boundary" and topics & (book.topics(each.text) - book.of_asking)]


def about_boundary(text: str, locale: Locale) -> frozenset[str]:
    """What a boundary keeps out, as stems."""
    locale = language_of(text, locale)
    book = memory_words(locale)
    return book.topics(text) - book.of_asking


def brings_up(text: str, boundaries: Iterable[str], locale: Locale) -> bool:
    """Whether a text speaks of what a boundary keeps out."""
    topics = memory_words(language_of(text, locale)).topics(text)
    return any(topics & about_boundary(boundary, locale) for boundary in boundaries)


def _same(new: Found, known: Sequence[KnownMemory], locale: Locale, book: MemoryWords) -> KnownMemory | None:
    """The memory that says the same already."""
    topics = book.topics(new.text)
    for old in known:
        if likeness(topics, book.topics(old.text)) >= _SAME and _tastes(old, locale) in (new.likes, None):
            return old
        if new.likes is not None and any(
            new.slots & each.slots and each.likes == new.likes for each in told_in(old.text, locale)
        ):
            return old
    return None


def _replaced(new: Found, known: Sequence[KnownMemory], locale: Locale, *, correcting: bool) -> KnownMemory | None:
    """The memory that is true no more, now that this is."""
    for old in known:
        for each in told_in(old.text, locale):
            if new.one & each.one or (new.likes is not None and new.slots & each.slots and new.likes != each.likes):
                return old
            if correcting and (new.slots & each.slots or (old.just_told and new.kind == old.kind)):
                return old
            if _one_person(new, locale) & _one_person(each, locale):
                return old
    return None


def _one_person(found: Found, locale: Locale) -> frozenset[str]:
    """The names that it gives to somebody of whom there is one: "my mother Anna"."""
    people = {slot.partition(".")[0] for slot in found.slots if slot.endswith(".person")}
    return frozenset(people & (memory_words(locale).one_of))


def _meant_by(correction: str, known: Sequence[KnownMemory], book: MemoryWords) -> KnownMemory | None:
    """What a correction puts right: what it speaks of, or what was said just before it."""
    topics = book.topics(correction)
    near = max(known, key=lambda old: (likeness(topics, book.topics(old.text)), old.just_told), default=None)
    if near and (near.just_told or likeness(topics, book.topics(near.text)) >= _LIKE):
        return near
    just = [old for old in known if old.just_told]
    return just[0] if len(just) == 1 else None


def _tastes(old: KnownMemory, locale: Locale) -> bool | None:
    return next((each.likes for each in told_in(old.text, locale) if each.likes is not None), None)


def likeness(some: frozenset[str], others: frozenset[str]) -> float:
    """How much two texts speak of the same: the part of all their topics that both have."""
    return len(some & others) / len(some | others) if some and others else 0.0
