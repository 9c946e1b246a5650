"""The lexicons: the meaning of words and phrases, read once from the YAML files beside this module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from itertools import chain, product
from operator import attrgetter
from typing import Annotated, Self, TypeVar

from pydantic import BeforeValidator, model_validator

from activities.ai.offline.passage import Word, first_person_verb, plain_form, stem
from activities.ai.offline.phrasebook import Looseness, Phrasebook
from activities.ai.values import Way
from schema.analysis.first_person import first_person
from schema.analysis.readings import Direction
from schema.base_model import Model
from schema.profile_vocabulary import WAYS, Aspect, Dynamic, Facet
from schema.vocabulary import Locale, Trait
from schema.yaml_files import read_packaged

T = TypeVar("T")
DynamicLean = tuple[Dynamic, Direction]
_WIDE_REACH, _AFTERTHOUGHT_REACH = 9, 3


def _listed(text: object) -> object:
    if not isinstance(text, str):
        return text
    choices = ([word.split("|") for word in part.split()] for part in text.split(","))
    return [" ".join(words) for choice in choices for words in product(*choice) if words]


Listed = Annotated[list[str], BeforeValidator(_listed)]
"""A comma-separated list in the data: "keep|make a list" stands for "keep a list" and "make a list"."""


class QuoteRules(Model):
    """Where a quote may be cut."""

    conjunctions: Listed
    coordinators: Listed
    openers: Listed
    prepositions: Listed
    never_first: Listed
    never_last: Listed
    pointing: Listed
    reversals: Listed
    leaning: Listed


class TraitMarkers(Model):
    """Markers of one direction of a trait, and the insights that they allow."""

    insight: str
    markers: Listed


class PatternMarkers(Model):
    """Markers of a pattern, its short name, and its insights."""

    name: str
    insight: str
    whoever: bool = False
    """Whether it may be heard in what others do: "my husband helps"."""
    markers: Listed


class Circumstance(StrEnum):
    """What a word says of the circumstances in which the rest of a text stands."""

    KIN = "kin"
    PARTING = "parting"
    """A loss, if somebody close stands in the same sentence."""
    LEAVING = "leaving"
    """The same of somebody who lives, so that nobody is mourned: they left, or are ill."""
    LOSING = "losing"
    """A loss, if somebody close is named right after it."""
    LOSS = "loss"
    SEPARATION = "separation"
    """A loss, too, of which one may speak with a shrug."""
    ABSENCE = "absence"
    """What people say of somebody who is gone. It may be no loss, so nothing is said of one."""
    ILLNESS = "illness"
    EXHAUSTION = "exhaustion"
    DANGER = "danger"
    LASTING = "lasting"
    """The person says that it has always been so."""
    IRONY = "irony"
    ASIDE = "aside"
    """Irony, if it is set off by itself or ends the sentence."""
    ASSENT = "assent"
    """Irony, if great joy is claimed in the same sentence or the next; else a plain yes."""
    EARNEST = "earnest"
    """The person says that they mean it."""
    HARMLESS = "harmless"
    """A phrase that only looks like one of the others."""


class LexiconData(Model):
    """One lexicon file."""

    negators: Listed
    negation_reach: int
    negates_nothing: Listed
    denials: Listed
    wide_denials: Listed
    refusals: Listed
    afterthoughts: Listed
    privatives: Listed
    one_way: Listed
    intensifiers: Listed
    diminishers: Listed
    ignored: Listed
    fillers: Listed = []
    """What may stand within a phrase without a change of its meaning: "always", "really"."""
    spellings: dict[str, Listed] = {}
    """By a word of a phrase, what may stand in its place."""
    mood: dict[int, Listed]
    telling: Listed
    quote: QuoteRules
    rough: Listed
    unspoken: Listed
    others: Listed
    relatives: Listed
    self_descriptions: Listed
    personal_pronouns: Listed
    not_before_subjects: Listed
    not_people: Listed
    articles: Listed
    clause_openers: Listed
    before_verbs: Listed
    finite: Listed
    first_person_subjects: Listed
    likened: Listed
    circumstances: dict[Circumstance, Listed]
    hints: Listed
    traits: dict[Trait, dict[Direction, TraitMarkers]]
    breakthrough: list[str]
    unsure: list[str]
    declined: list[str]
    patterns: dict[str, PatternMarkers]


class LayerData(Model):
    """One file of markers for the layers of a profile beside the five traits."""

    facets: dict[Facet, dict[Direction, Listed]]
    """Markers that belong to one facet of their trait; they are markers of the trait, too."""
    dynamics: dict[Dynamic, dict[Direction, Listed]]
    ways: dict[Aspect, dict[str, Listed]]

    @model_validator(mode="after")
    def _known_ways(self) -> Self:
        if strange := [way for aspect, ways in self.ways.items() for way in ways if way not in WAYS[aspect]]:
            raise ValueError(f"unknown ways: {', '.join(strange)}")
        return self


class Lexicon:
    """One language, ready to search."""

    def __init__(self, data: LexiconData, layers: LayerData, locale: Locale) -> None:
        ignored = _plain(data.ignored)
        loose = Looseness(_plain(data.fillers), _plain(data.negators), data.spellings)

        def book(entries: Iterable[tuple[str, T]], blanks: Iterable[str] = ()) -> Phrasebook[T]:
            return Phrasebook(
                entries, attrgetter("stem"), lambda word: stem(word, locale), ignored, blanks, looseness=loose
            )

        # Small words and what turns on them are compared as they stand: "kids" have the stem of "kidding".
        def exact(entries: Iterable[tuple[str, T]], blanks: Iterable[str] = ()) -> Phrasebook[T]:
            return Phrasebook(entries, attrgetter("plain"), str, frozenset(), blanks)

        # What is no mood is no trait; nor are tears of joy.
        blanks = [*data.mood[0], *(phrase for weight in (2, 3) for phrase in data.mood[weight] if " " in phrase)]
        self.mood = book((phrase, weight) for weight, phrases in data.mood.items() for phrase in phrases)
        facets = _leans(layers.facets)
        own = (
            (phrase, (trait, end))
            for trait, ends in data.traits.items()
            for end in ends
            for phrase in ends[end].markers
        )
        self.traits = book(chain(own, ((phrase, (facet.trait, end)) for phrase, (facet, end) in facets)), blanks)
        self.facets = {
            (facet.trait, tuple(stem(plain_form(word), locale) for word in phrase.split())): facet
            for phrase, (facet, _) in facets
        }
        """The facet of a trait's marker, where it clearly belongs to one."""
        # A quote that shows how the person is, or hints at it, is worth more than one that does not.
        self.personal = book(((phrase, True) for phrase in chain(data.hints, _markers_of_traits(data))), blanks)
        shown: list[tuple[str, DynamicLean | Way]] = [*_leans(layers.dynamics), *_ways(layers)]
        self.layers = book(shown, blanks)
        self.acts = _acts(chain(_markers_of_traits(data), (phrase for phrase, _ in [*facets, *shown])), locale)
        self.patterns = book(
            ((phrase, key) for key, pattern in data.patterns.items() for phrase in pattern.markers), blanks
        )
        self.likened = exact((phrase, True) for phrase in data.likened)
        self.denials = exact((phrase, True) for phrase in data.denials)
        self.wide_denials = exact(((phrase, True) for phrase in data.wide_denials), data.refusals)
        self.afterthoughts = exact((phrase, True) for phrase in data.afterthoughts)
        self.circumstances = exact((phrase, kind) for kind, listed in data.circumstances.items() for phrase in listed)
        self.telling = book((phrase, True) for phrase in data.telling)
        self.negators = _plain(data.negators)
        self.negation_reach = data.negation_reach
        self.negates_nothing = _plain(data.negates_nothing)
        self.privatives = _plain(data.privatives)
        self.one_way = {tuple(stem(plain_form(word), locale) for word in phrase.split()) for phrase in data.one_way}
        self.intensifiers = _plain(data.intensifiers)
        self.diminishers = _plain(data.diminishers)
        self.others = _plain(data.others)
        self.relatives = _plain(data.relatives)
        self.self_descriptions = _plain(data.self_descriptions)
        self.personal_pronouns = _plain(data.personal_pronouns)
        self.not_before_subjects = _plain(data.not_before_subjects)
        # A word with a meaning here is no name, whatever its first letter: "I believe Truth matters".
        self.not_people = _plain([*data.not_people, *_markers(data)])
        self.articles = _plain(data.articles)
        self.clause_openers = _plain(data.clause_openers)
        self.before_verbs = _plain(data.before_verbs) | self.negators | self.intensifiers | self.diminishers
        self.finite = _plain(data.finite)
        self.first_person = first_person(locale)
        self.first_person_subjects = _plain(data.first_person_subjects)
        self.breakthrough = re.compile("|".join(rf"\b(?:{pattern})" for pattern in data.breakthrough))
        self.unsure = re.compile("|".join(data.unsure))
        self.declined = re.compile("|".join(data.declined))
        self.rough = _any_of(data.rough)
        self.unquotable = _any_of([*data.rough, *data.unspoken])
        self._cut_by(data.quote)
        self.trait_insights = {
            (trait, direction): listed.insight
            for trait, directions in data.traits.items()
            for direction, listed in directions.items()
        }
        self.pattern_data = data.patterns

    def _cut_by(self, quote: QuoteRules) -> None:
        self.conjunctions = _plain(quote.conjunctions)
        self.coordinators = _plain(quote.coordinators)
        self._turns = self.coordinators | self.negates_nothing
        self.openers = _plain(quote.openers)
        self.prepositions = _plain(quote.prepositions)
        self.never_first = _plain(quote.never_first)
        self.never_last = _plain(quote.never_last) | self.prepositions | self.conjunctions | self.intensifiers
        self.pointing = _plain(quote.pointing)
        self.reversals = _plain(quote.reversals)
        self.leaning = _plain(quote.leaning) | self.coordinators | self.pointing

    def negated(self, words: Sequence[Word], start: int, end: int | None = None) -> bool:
        """Whether the words from `start` to `end` are negated: shortly before, or by an afterthought ("not for me")."""
        end = start + 1 if end is None else end
        near = self._negated_near(words, start) or self._afterthought(words, end)
        # "I can't say that I don't worry" affirms.
        return near is not self._widely_denied(words, start)

    def negation_of(self, words: Sequence[Word], start: int, end: int) -> tuple[int, int]:
        """The first word and the end of what may negate the words from `start` to `end`, and of these words."""
        denied = self._widely_denied(words, start)
        reach = _WIDE_REACH if denied else self.negation_reach + 1
        first = start
        while first > max(0, start - reach) and (
            words[first - 1].sentence == words[start].sentence
            if denied
            else words[first - 1].clause == words[start].clause
        ):
            first -= 1
        return first, min(end + _AFTERTHOUGHT_REACH + 1, len(words)) if self._afterthought(words, end) else end

    def _negated_near(self, words: Sequence[Word], at: int) -> bool:
        for i in range(at - 1, max(0, at - self.negation_reach) - 1, -1):
            # "Can't say that" is of the wide kind, and the "but" of "anything but" joins nothing.
            if words[i].clause != words[at].clause or self._within(self.wide_denials, words, i):
                return False
            if self._within(self.denials, words, i):
                return True
            if words[i].plain in self.coordinators:
                return False
            if self._negator(words, i):
                return not self._double_negative(words, at)
        return False

    def _widely_denied(self, words: Sequence[Word], at: int) -> bool:
        """Whether "I can't say that" stands before: it reaches further than a negator, over commas."""
        for i in range(at - 1, max(0, at - _WIDE_REACH) - 1, -1):
            if words[i].sentence != words[at].sentence:
                return False
            if self._within(self.wide_denials, words, i):
                return True
            if words[i].plain in self._turns:
                return False
        return False

    @staticmethod
    def _within(book: Phrasebook[bool], words: Sequence[Word], i: int) -> bool:
        """Whether word `i` is one of the first four of a phrase of this book."""
        return words[i].plain in book.parts and any(
            book.length_at(words, start) > i - start for start in range(max(0, i - 3), i + 1)
        )

    def _afterthought(self, words: Sequence[Word], end: int) -> bool:
        for i in range(end, min(end + _AFTERTHOUGHT_REACH, len(words))):
            if words[i].clause > words[end - 1].clause + 1:
                return False
            if self.afterthoughts.length_at(words, i):
                return True
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
    data = LexiconData.model_validate(read_packaged(__package__, f"lexicon_{locale}.yaml"))
    return Lexicon(data, LayerData.model_validate(read_packaged(__package__, f"layers_{locale}.yaml")), locale)


def _plain(words: Iterable[str]) -> frozenset[str]:
    return frozenset(plain_form(word) for word in words)


def _markers_of_traits(data: LexiconData) -> Iterator[str]:
    for sides in data.traits.values():
        yield from chain.from_iterable(side.markers for side in sides.values())


def _acts(phrases: Iterable[str], locale: Locale) -> dict[tuple[str, ...], frozenset[int]]:
    """Of Russian markers, the places of words that are listed as what "I" do, and not otherwise: «помогаю»."""
    acts: dict[tuple[str, ...], frozenset[int]] = {}
    for phrase in phrases if locale is Locale.RU else ():
        words = [plain_form(word) for word in phrase.split()]
        marker = tuple(stem(word, locale) for word in words)
        mine = frozenset(at for at, word in enumerate(words) if first_person_verb(word))
        acts[marker] = acts.get(marker, mine) & mine
    return acts


def _markers(data: LexiconData) -> Iterator[str]:
    """All words and phrases that mean something here by themselves."""
    yield from chain(data.telling, data.hints, *data.mood.values())
    yield from _markers_of_traits(data)
    yield from chain.from_iterable(pattern.markers for pattern in data.patterns.values())


Levelled = TypeVar("Levelled", Facet, Dynamic)


def _leans(markers: dict[Levelled, dict[Direction, Listed]]) -> list[tuple[str, tuple[Levelled, Direction]]]:
    return [
        (phrase, (shown, direction))
        for shown, directions in markers.items()
        for direction, phrases in directions.items()
        for phrase in phrases
    ]


def _ways(layers: LayerData) -> list[tuple[str, Way]]:
    return [
        (phrase, Way(aspect, way))
        for aspect, ways in layers.ways.items()
        for way, phrases in ways.items()
        for phrase in phrases
    ]


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Matches any of these words; a word that ends in a star matches as a prefix."""
    return re.compile("|".join(re.escape(plain_form(word)).replace(r"\*", r"[\w'-]*") for word in words))
