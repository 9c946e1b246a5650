"""Hears by rules how an agreed step went, when its person tells it in a talk and in their own words.

What is taken is kept as if a button had said it. So an outcome counts only where the words name the step or answer the
question about it, and say one thing; where they speak of it and leave open how it went, the person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from activities.ai.offline.memory_reading import Sentence, sentences
from activities.ai.offline.memory_words import MemoryWords, Words, memory_words
from activities.ai.offline.passage import Word, stem
from activities.ai.offline.reflection import heard
from schema.base_model import Model
from schema.coaching.agreements import StepAct
from schema.vocabulary import Locale
from schema.yaml_files import read_packaged
from workflows.analysis.rules.text_features import language_of

_SHORT = 14
"""Words of a message after which the person may be asked how it went: a longer one wants an answer of its own."""
_HALF, _SHORTEST = 0.5, 3
_SIGNS = re.compile(r"[\^~%#]")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


class OpenStep(NamedTuple):
    """A step that the person has agreed on and not told of."""

    what: str
    asked: bool = False
    """Whether they have been asked how it went."""


class Told(NamedTuple):
    """How a step went."""

    step: int
    """Which of the open steps."""
    act: StepAct | None
    """None where the words leave it open."""


class _Data(Model):
    empty: Words
    weak: Words
    same: list[Words]
    past: Words
    others: Words
    themselves: Words
    goes_on: Words
    objects: Words
    open: str
    denied: str
    outcomes: dict[StepAct, list[str]]
    fillers: Words


class _Book:
    """One language, ready to listen."""

    def __init__(self, data: _Data, locale: Locale) -> None:
        self.locale = locale
        self.words: MemoryWords = memory_words(locale)
        self._same = {word: group[0] for group in data.same for word in group}
        self._empty = (frozenset(data.empty) | frozenset(self.words.data.empty)) - self._same.keys()
        self.weak = {self.topic(word) for word in data.weak}
        self.past, self.others, self.goes_on = frozenset(data.past), frozenset(data.others), frozenset(data.goes_on)
        self.themselves = frozenset(data.themselves)
        self.objects, self.fillers = frozenset(data.objects), frozenset(data.fillers)
        self.open = re.compile(data.open)
        self.denied = re.compile(rf"{data.denied}$")
        self.outcomes = {act: re.compile("|".join(patterns)) for act, patterns in data.outcomes.items()}
        self.relations = frozenset(map(self.topic, self.words.data.relations))

    def topic(self, word: str) -> str:
        """What a word is about, whatever its form."""
        return self._same.get(word) or stem(self.words.canonical(word), self.locale)

    def topics(self, words: Sequence[Word]) -> frozenset[str]:
        """What words are about."""
        plain = {word.plain for word in words} - self._empty
        return frozenset(self.topic(word) for word in plain if len(word) >= _SHORTEST or word in self._same)

    def is_past(self, word: str) -> bool:
        """Whether a word may be a verb of what was done."""
        if self.locale is Locale.RU:
            return word in self.past or re.search(r"л(?:а|и|о|ся|ась|ись|ось)?$", word) is not None
        return word in self.past or word.endswith("ed")


@cache
def _book(locale: Locale) -> _Book:
    return _Book(_Data.model_validate(read_packaged(__package__, f"outcomes_{locale}.yaml")), locale)


def outcome_in(text: str, steps: Sequence[OpenStep], locale: Locale) -> Told | None:
    """What a message tells of how one of the open steps went; None if nothing. `locale` as in `told_in`."""
    if not steps:
        return None
    said = heard(text, language_of(text, locale))
    book = _book(said.passage.locale)
    told = [_Telling(sentence, book) for sentence, meant in sentences(said) if meant and not sentence.is_question]
    found = {at: acts for at, step in enumerate(steps) if (acts := _acts_on(step, told)) is not None}
    if not found:
        # An answer to the question how it went, which names nothing.
        asked = [at for at, step in enumerate(steps) if step.asked]
        acts = {act for telling in told if telling.bare for act in telling.acts}
        return Told(asked[0], acts.pop()) if asked and len(acts) == 1 else None
    if len(found) > 1:
        return None
    [(at, acts)] = found.items()
    if len(acts) == 1:
        return Told(at, acts.pop())
    return Told(at, None) if len(said.passage.words) <= _SHORT else None


def _acts_on(step: OpenStep, told: Sequence[_Telling]) -> set[StepAct] | None:
    """All that a message says of how a step went; None if it does not speak of it."""
    acts, about, speaks = set[StepAct](), False, False
    for telling in told:
        about = telling.is_about(step) or (about and telling.goes_on)
        speaks |= about
        if about or telling.bare:
            acts |= telling.acts_on(step)
    return acts if speaks else None


class _Telling:
    """A sentence, and what it tells of outcomes."""

    def __init__(self, sentence: Sentence, book: _Book) -> None:
        self._book = book
        self._sentence = sentence
        self.plain = _SIGNS.sub("", sentence.plain)
        rest, self.acts = self.plain, set[StepAct]()
        words = book.words
        vague = (words.unreal, words.unsure, book.open)
        self._certain = not any(pattern.search(sentence.plain) for pattern in vague)
        self._reported = words.reported.search(words.own_words.sub("", sentence.plain)) is not None
        for act, pattern in book.outcomes.items():
            # "It didn't go well" holds words of one that did.
            rest, found = pattern.subn(" ", rest)
            if found and self._certain and not self._reported:
                self.acts.add(act)
        self.bare = bool(self.acts) and book.fillers.issuperset(_WORD.findall(rest))
        self.goes_on = bool(_WORD.findall(self.plain)) and _WORD.findall(self.plain)[0] in book.goes_on

    def is_about(self, step: OpenStep) -> bool:
        """Whether it names the step: what is done in it was done or left, or most of its words stand in it."""
        wanted, topics = self._wanted(step), self._book.topics(self._sentence.words)
        if any(True for _ in self._done(step)):
            return True
        # "My sister's call went well" is about somebody else.
        named = (wanted & topics) - self._book.relations and not (topics & self._book.relations) - wanted
        return bool(self.acts and named and len(wanted & topics) >= len(wanted) * _HALF)

    def acts_on(self, step: OpenStep) -> set[StepAct]:
        """How it says that the step went."""
        left = any(denied for _, denied in self._done(step))
        return {StepAct.NOT_TRIED} if left and not self.acts else self.acts

    def _wanted(self, step: OpenStep) -> frozenset[str]:
        passage = heard(step.what, language_of(step.what, self._book.locale)).passage
        return self._book.topics(passage.words)

    def _done(self, step: OpenStep) -> Iterator[tuple[Word, bool]]:
        """The words that say that the step was done, each with whether it is denied."""
        book, words, wanted = self._book, self._sentence.words, self._wanted(step)
        if not self._certain:
            return
        for word in words:
            if book.topic(word.plain) not in wanted:
                continue
            clause = [each for each in words if each.clause == word.clause]
            before = [each.plain for each in clause if each.start < word.start]
            spelled = " ".join(self._spelled(each) for each in clause if each.start < word.start)
            denied = book.denied.search(spelled) is not None
            if not (book.is_past(word.plain) or denied) or (denied and self._reported):
                continue
            if (before and before[-1] in book.others) or {each.plain for each in clause} & book.themselves:
                continue
            shared, besides = wanted & book.topics(clause), book.topics(clause) - wanted
            if besides & book.relations:
                continue
            named = len(shared) > 1 or {each.plain for each in clause} & book.objects
            if named or (not besides and book.topic(word.plain) not in book.weak):
                yield word, denied

    def _spelled(self, word: Word) -> str:
        return self._book.words.data.short_forms.get(word.plain, word.plain)
