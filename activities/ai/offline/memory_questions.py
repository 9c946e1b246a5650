"""What a person asks the coach about what they have told it, and which of their own words answer that, by rules.

A false answer is worse than none: of a name, a date or a number only words count that hold one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from activities.ai.offline.memory_reading import Sentence, sentences
from activities.ai.offline.memory_words import MemoryWords, Words, memory_words
from activities.ai.offline.passage import Word, plain_form
from activities.ai.offline.reflection import heard
from schema.base_model import Model
from schema.vocabulary import Locale
from schema.yaml_files import read_packaged
from workflows.analysis.rules.text_features import language_of
from workflows.safety.rules.levels import danger_in

_HALF = 0.5
_QUOTED_WHOLE, _FRAGMENT, _NAME_WITHIN = 25, 2, 4
"""Words: of a message that is quoted whole, of a sentence that goes on with the one before, and up to a name."""


class Wants(StrEnum):
    """What an answer has to hold."""

    BOUNDARY = "boundary"
    NAME = "name"
    TOLD = "told"
    """When something was told, which every answer says."""
    DATE = "date"
    NUMBER = "number"


class Question(NamedTuple):
    """What is asked."""

    about: frozenset[str]
    """As stems."""
    wants: Wants | None
    plain: bool
    """Whether it asks for nothing but that: without an answer, the coach says that it has none."""
    newest: bool
    """Whether it asks how things are now."""


class Answering(NamedTuple):
    """Words of a message that answer a question."""

    text: str
    fits: float
    """Which part of what is asked they speak of."""


class _Data(Model):
    longest: int
    explicit: str
    about_self: str
    plain: str
    not_memory: str
    drop: Words
    wants: dict[Wants, str]
    newest: str
    date: str
    months: Words
    number: str
    boundary: str
    between: Words
    mine: Words
    others: Words


class _Book:
    """One language, ready to listen."""

    def __init__(self, data: _Data, locale: Locale) -> None:
        self.words: MemoryWords = memory_words(locale)
        self.longest = data.longest
        self.explicit, self.about_self = re.compile(data.explicit), re.compile(data.about_self)
        self.plain, self.not_memory = re.compile(data.plain), re.compile(data.not_memory)
        self.newest = re.compile(data.newest)
        self.wants = {wants: re.compile(pattern) for wants, pattern in data.wants.items()}
        months = r"\^?(?:" + "|".join(data.months) + ")"
        self.holds = {
            Wants.DATE: re.compile(data.date.replace("{M}", months)),
            Wants.NUMBER: re.compile(data.number),
            Wants.BOUNDARY: re.compile(data.boundary),
        }
        self.drop = self.words.topics(" ".join(data.drop))
        self.months, self.others = frozenset(data.months), frozenset(data.others)
        self.between = frozenset(data.between) | frozenset(self.words.data.before_relation)
        self.mine = frozenset(data.mine) | frozenset(self.words.data.before_relation)


@cache
def _book(locale: Locale) -> _Book:
    return _Book(_Data.model_validate(read_packaged(__package__, f"memory_questions_{locale}.yaml")), locale)


@lru_cache(maxsize=256)
def question_in(text: str, locale: Locale) -> Question | None:
    """What a message asks about what was told; None if nothing."""
    locale = language_of(text, locale)
    book = _book(locale)
    read = [sentence for sentence, _ in sentences(heard(text, locale))]
    if not read or sum(len(sentence.words) for sentence in read) > book.longest:
        return None
    plain = " ".join(re.sub(r"[\^~%#]", "", sentence.plain) for sentence in read)
    explicit = bool(book.explicit.search(plain)) or bool(book.words.asks.search(plain))
    if not explicit and (book.not_memory.search(plain) or not book.about_self.search(plain)):
        return None
    if not explicit and not (read[-1].is_question or book.plain.search(plain) or book.about_self.match(plain)):
        return None
    wants = next((each for each in Wants if each in book.wants and book.wants[each].search(plain)), None)
    return Question(
        about=book.words.topics(text) - book.drop,
        wants=wants,
        plain=explicit or bool(book.plain.search(plain)),
        newest=bool(book.newest.search(plain)),
    )


def answer_in(question: Question, text: str, locale: Locale) -> Answering | None:
    """The words of a message that answer a question; None if there are none."""
    locale = language_of(text, locale)
    book = _book(locale)
    read = list(sentences(heard(text, locale)))
    best: Answering | None = None
    for at, (sentence, meant) in enumerate(read):
        if not meant or not _is_told(sentence, question, book):
            continue
        after = read[at + 1][0] if at + 1 < len(read) and len(read[at + 1][0].words) <= _FRAGMENT else None
        fits = _fits(question, sentence, after, book)
        if fits and (best is None or fits > best.fits):
            whole = sum(len(each.words) for each, _ in read) <= _QUOTED_WHOLE
            words = " ".join([sentence.text, *([after.text] if after else [])])
            best = Answering(" ".join((text if whole else words).split()).rstrip(".…"), fits)
    return best


def _is_told(sentence: Sentence, question: Question, book: _Book) -> bool:
    """Whether a sentence says how something is. What others say tells at least how they are called."""
    words, plain = book.words, sentence.plain
    if sentence.is_question or words.unreal.search(plain) or danger_in(sentence.text):
        return False
    if words.forget.search(plain) or words.asks.search(plain):
        return False
    if question.wants in (Wants.NAME, Wants.BOUNDARY):
        return True
    return not (words.reported.search(words.own_words.sub("", plain)) or words.unsure.search(plain))


def _fits(question: Question, sentence: Sentence, after: Sentence | None, book: _Book) -> float:
    topics = book.words.topics(sentence.text + (f" {after.text}" if after else ""))
    shared = question.about & topics
    share = len(shared) / len(question.about) if question.about else 0.0
    if question.wants is Wants.BOUNDARY:
        return (share or 0.01) if book.holds[Wants.BOUNDARY].search(sentence.plain) else 0.0
    if not shared or share < _HALF:
        return 0.0
    if question.wants is Wants.NAME:
        return share if any(True for _ in _names(question, sentence, after, book)) else 0.0
    holds = book.holds.get(question.wants) if question.wants else None
    return share if holds is None or holds.search(sentence.plain) else 0.0


def _names(question: Question, sentence: Sentence, after: Sentence | None, book: _Book) -> Iterator[str]:
    """The names that stand beside what is asked about."""
    words = sentence.words
    for at, word in enumerate(words):
        if not book.words.topics(word.plain) & question.about or not _is_own(words, at, book):
            continue
        for following in words[at + 1 : at + 1 + _NAME_WITHIN]:
            if _is_name(sentence, following, question, book):
                yield following.plain
                break
            if following.plain not in book.between and not book.words.topics(following.plain) & question.about:
                break
        if at > 0 and _is_name(sentence, words[at - 1], question, book):
            yield words[at - 1].plain
    if after and all(_is_capital(after, word) for word in after.words):
        yield after.words[0].plain


def _is_own(words: Sequence[Word], at: int, book: _Book) -> bool:
    """Whether it is the person's own, and not somebody else's: "her sister"."""
    before = words[at - 1].plain if at and words[at - 1].clause == words[at].clause else ""
    if book.words.locale is Locale.RU:
        return before not in book.others
    clause = {word.plain for word in words[:at] if word.clause == words[at].clause}
    return not before or before in book.mine or bool(clause & {"i", "i've", "ive", "my", "our", "we"})


def _is_name(sentence: Sentence, word: Word, question: Question, book: _Book) -> bool:
    if not _is_capital(sentence, word) or plain_form(word.plain) in book.months:
        return False
    return not book.words.topics(word.plain) & question.about and word.plain not in ("i", "i'm", "i've", "i'd", "i'll")


def _is_capital(sentence: Sentence, word: Word) -> bool:
    letter = sentence.letter_of(word)
    return letter.isupper()
