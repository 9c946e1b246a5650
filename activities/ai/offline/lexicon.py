"""The lexicons: the meaning of words and phrases, read once from the YAML files beside this module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Generic, Literal, NamedTuple, TypeVar

from pydantic import BeforeValidator

from activities.ai.offline.passage import Word, plain_form, stem
from schema.base_model import Model
from schema.vocabulary import Locale, Trait
from schema.yaml_files import read_yaml

T = TypeVar("T")
Direction = Literal["high", "low"]
_LONGEST_PHRASE = 8


def _listed(text: object) -> object:
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


Listed = Annotated[list[str], BeforeValidator(_listed)]
"""A comma-separated list in the data."""


class QuoteRules(Model):
    """Where a quote may be cut."""

    conjunctions: Listed
    coordinators: Listed
    openers: Listed
    cut_before: Listed
    prepositions: Listed
    never_first: Listed
    never_last: Listed


class TraitMarkers(Model):
    """Markers of one direction of a trait, and the insights that they allow."""

    insight: str
    markers: Listed


class PatternMarkers(Model):
    """Markers of a pattern, its short name, and its insights."""

    name: str
    insight: str
    markers: Listed


class Circumstance(StrEnum):
    """What a word says of the circumstances in which the rest of a text stands."""

    KIN = "kin"
    PARTING = "parting"
    """A loss, if somebody close stands in the same sentence."""
    LOSING = "losing"
    """A loss, if somebody close is named right after it."""
    LOSS = "loss"
    ILLNESS = "illness"
    EXHAUSTION = "exhaustion"
    DANGER = "danger"
    LASTING = "lasting"
    """The person says that it has always been so."""
    IRONY = "irony"
    ASIDE = "aside"
    """Irony, if it is set off by itself or ends the sentence."""
    HARMLESS = "harmless"
    """A phrase that only looks like one of the others."""


class LexiconData(Model):
    """One lexicon file."""

    negators: Listed
    negation_reach: int
    negates_nothing: Listed
    privatives: Listed
    intensifiers: Listed
    diminishers: Listed
    ignored: Listed
    mood: dict[int, Listed]
    telling: Listed
    quote: QuoteRules
    rough: Listed
    unspoken: Listed
    others: Listed
    first_person: Listed
    circumstances: dict[Circumstance, Listed]
    traits: dict[Trait, dict[Direction, TraitMarkers]]
    breakthrough: list[str]
    unsure: list[str]
    patterns: dict[str, PatternMarkers]


class Hit(NamedTuple, Generic[T]):
    """A marker found: words `start` to `end` (exclusive) of the passage, and their meaning."""

    start: int
    end: int
    marker: tuple[str, ...]
    meaning: T


class _Node:
    """A node in the tree of phrases."""

    __slots__ = ("further", "marker")

    def __init__(self) -> None:
        self.further: dict[str, _Node] = {}
        self.marker: tuple[str, ...] = ()


class Phrasebook(Generic[T]):
    """Finds words and phrases by their stems, the longest first, in one pass over a passage."""

    def __init__(self, entries: Iterable[tuple[str, T]], locale: Locale, ignored: frozenset[str]) -> None:
        self._ignored = ignored
        self._root = _Node()
        self.meanings: dict[tuple[str, ...], list[T]] = {}
        for phrase, meaning in entries:
            marker = tuple(stem(plain_form(word), locale) for word in phrase.split())
            meanings = self.meanings.setdefault(marker, [])
            if meaning not in meanings:
                meanings.append(meaning)
            node = self._root
            for part in marker:
                node = node.further.setdefault(part, _Node())
            node.marker = marker

    def find(self, words: Sequence[Word]) -> list[Hit[T]]:
        """All markers in the order of the text; they never overlap and never cross a clause."""
        hits: list[Hit[T]] = []
        openings = self._root.further
        end = 0
        for at, word in enumerate(words):
            if at >= end and word.stem in openings:
                marker = self._longest_at(words, at)
                end = at + len(marker)
                hits += [Hit(at, end, marker, meaning) for meaning in self.meanings.get(marker, [])]
        return hits

    def _longest_at(self, words: Sequence[Word], at: int) -> tuple[str, ...]:
        longest: tuple[str, ...] = ()
        further = self._root.further
        for word in words[at : at + _LONGEST_PHRASE]:
            node = further.get(word.stem)
            if node is None or word.clause != words[at].clause:
                break
            # A word that only looks like a marker may still be part of a phrase.
            if node.marker and (len(node.marker) > 1 or word.plain not in self._ignored):
                longest = node.marker
            further = node.further
        return longest


class Lexicon:
    """One language, ready to search."""

    def __init__(self, data: LexiconData, locale: Locale) -> None:
        ignored = _plain(data.ignored)

        def book(entries: Iterable[tuple[str, T]]) -> Phrasebook[T]:
            return Phrasebook(entries, locale, ignored)

        self.mood = book((phrase, weight) for weight, phrases in data.mood.items() for phrase in phrases)
        self.traits = book(
            (phrase, (trait, direction))
            for trait, directions in data.traits.items()
            for direction, listed in directions.items()
            for phrase in listed.markers
        )
        self.patterns = book((phrase, key) for key, pattern in data.patterns.items() for phrase in pattern.markers)
        self.circumstances = book((phrase, kind) for kind, listed in data.circumstances.items() for phrase in listed)
        self.telling = book((phrase, True) for phrase in data.telling)
        self.negators = _plain(data.negators)
        self.negation_reach = data.negation_reach
        self.negates_nothing = _plain(data.negates_nothing)
        self.privatives = _plain(data.privatives)
        self.intensifiers = _plain(data.intensifiers)
        self.diminishers = _plain(data.diminishers)
        self.others = _plain(data.others)
        self.first_person = _plain(data.first_person)
        self.breakthrough = re.compile("|".join(rf"\b(?:{pattern})" for pattern in data.breakthrough))
        self.unsure = re.compile("|".join(data.unsure))
        self.rough = _any_of(data.rough)
        self.unquotable = _any_of([*data.rough, *data.unspoken])
        self.conjunctions = _plain(data.quote.conjunctions)
        self.coordinators = _plain(data.quote.coordinators)
        self.openers = _plain(data.quote.openers)
        self.cut_before = _plain(data.quote.cut_before)
        self.prepositions = _plain(data.quote.prepositions)
        self.never_first = _plain(data.quote.never_first)
        self.never_last = _plain(data.quote.never_last) | self.prepositions | self.conjunctions | self.intensifiers
        self.trait_insights = {
            (trait, direction): listed.insight
            for trait, directions in data.traits.items()
            for direction, listed in directions.items()
        }
        self.pattern_data = data.patterns

    def negated(self, words: Sequence[Word], at: int) -> bool:
        """Whether a negator shortly before word `at`, in the same clause, negates it."""
        for i in range(at - 1, max(0, at - self.negation_reach) - 1, -1):
            if words[i].clause != words[at].clause or words[i].plain in self.coordinators:
                return False
            if self._negator(words, i):
                return not self._double_negative(words, at)
        return False

    def _negator(self, words: Sequence[Word], i: int) -> bool:
        return words[i].plain in self.negators and words[i + 1].plain not in self.negates_nothing

    def _double_negative(self, words: Sequence[Word], at: int) -> bool:
        around = [word.plain for word in words[max(0, at - 5) : at + 5] if word.clause == words[at].clause]
        return any(word in self.privatives for word in around) and any(
            word in self.negators and word not in self.privatives for word in around
        )


@cache
def lexicon(locale: Locale) -> Lexicon:
    """The lexicon of a language, read and compiled once."""
    return Lexicon(LexiconData.model_validate(_data(f"lexicon_{locale}.yaml")), locale)


def _plain(words: Iterable[str]) -> frozenset[str]:
    return frozenset(plain_form(word) for word in words)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Matches any of these words; a word that ends in a star matches as a prefix."""
    return re.compile("|".join(re.escape(plain_form(word)).replace(r"\*", r"[\w'-]*") for word in words))


def _data(name: str) -> object:
    return read_yaml(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
