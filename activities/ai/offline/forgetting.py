"""Whether a message asks to forget something, and what."""

from __future__ import annotations

from typing import NamedTuple

from activities.ai.offline.memory_reading import sentences
from activities.ai.offline.memory_words import memory_words
from activities.ai.offline.reflection import heard
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import language_of


class Forgetting(NamedTuple):
    """What is to be forgotten."""

    last: bool
    """Whether it is what was said just before."""
    topics: frozenset[str]
    """What it is about, as stems; empty for what was said just before, or where the words do not tell what."""


def forgetting_asked(text: str, locale: Locale) -> Forgetting | None:
    """What a message asks to forget; None if nothing. "Forget it" is a figure of speech."""
    locale = language_of(text, locale)
    book = memory_words(locale)
    for sentence, meant in sentences(heard(text, locale)):
        found = book.forget.search(sentence.plain) if meant and not sentence.is_question else None
        if found is None:
            continue
        what = next(text for text in found.groupdict().values() if text).replace(" ,", ",").strip()
        if book.forget_last.search(what):
            return Forgetting(last=True, topics=frozenset())
        if book.not_forgetting.search(what) or book.points_back.search(what):
            continue
        about = book.forget_about.search(what)
        topics = book.topics(about["about"] if about else what) - book.of_forgetting
        if topics:
            return Forgetting(last=False, topics=topics)
    return _asked_somewhere(text, locale)


def _asked_somewhere(text: str, locale: Locale) -> Forgetting | None:
    """What is asked in the course of a message: "that stuff I said about the party. delete it please"."""
    book = memory_words(locale)
    plain = " , ".join(sentence.plain for sentence, meant in sentences(heard(text, locale)) if meant)
    if not book.forget_anywhere.search(plain):
        return None
    if book.forget_latest.search(plain):
        return Forgetting(last=True, topics=frozenset())
    about = [next(part for part in found.groups() if part) for found in book.forget_told.finditer(plain)]
    return Forgetting(last=False, topics=book.topics(" ".join(about)) - book.of_forgetting)
