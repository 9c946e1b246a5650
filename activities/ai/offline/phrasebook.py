"""Finds the words and phrases of a lexicon in a passage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Generic, NamedTuple, TypeVar

from activities.ai.offline.passage import Word, plain_form

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_LONGEST_PHRASE = 10


class Hit(NamedTuple, Generic[T_co]):
    """A marker found: words `start` to `end` (exclusive) of the passage, and their meaning."""

    start: int
    end: int
    marker: tuple[str, ...]
    meaning: T_co


@dataclass(frozen=True)
class Looseness:
    """How the words of a phrase may stand in a text otherwise than they are listed."""

    fillers: frozenset[str] = frozenset()
    """Words that may stand within a phrase: "I always make a list"."""
    negators: frozenset[str] = frozenset()
    """After these a filler counts: "I don't always finish" is not "I don't finish"."""
    spellings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By a word, what may stand in its place: "I am" for "I'm"."""

    def spelled(self, phrase: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """All spellings of a phrase, with itself as the first. A single word has no other."""
        own = [(word, *(self.spellings.get(word, ()) if len(phrase) > 1 else ())) for word in phrase]
        for chosen in product(*own):
            yield tuple(word for part in chosen for word in part.split())


EXACTLY = Looseness()


class _Node:
    """A node in the tree of phrases."""

    __slots__ = ("further", "marker")

    def __init__(self) -> None:
        self.further: dict[str, _Node] = {}
        self.marker: tuple[str, ...] = ()


class Phrasebook(Generic[T]):
    """Finds words and phrases by their stems, the longest first, in one pass over a passage."""

    def __init__(
        self,
        entries: Iterable[tuple[str, T]],
        form: Callable[[Word], str],
        forms: Callable[[str], str],
        ignored: frozenset[str],
        blanks: Iterable[str] = (),
        *,
        looseness: Looseness = EXACTLY,
    ) -> None:
        """`form` and `forms` give what is compared of a word. `blanks` mean nothing, though one of their words does."""
        self._looseness = looseness
        self._form = form
        self._forms = forms
        self._ignored = ignored
        self._root = _Node()
        self.meanings: dict[tuple[str, ...], list[T]] = {}
        self.parts: set[str] = set()
        for phrase in blanks:
            self._add(phrase)
        for phrase, meaning in entries:
            meanings = self._add(phrase)
            if meaning not in meanings:
                meanings.append(meaning)

    def _add(self, phrase: str) -> list[T]:
        spellings = self._looseness.spelled([plain_form(word) for word in phrase.split()])
        marker = self._leaf(next(spellings), None)
        for spelling in spellings:
            self._leaf(spelling, marker)
        return self.meanings.setdefault(marker, [])

    def _leaf(self, words: Sequence[str], of: tuple[str, ...] | None) -> tuple[str, ...]:
        """Grows the branch of these words. It stands for the marker `of`, unless the words are listed themselves."""
        path = tuple(map(self._forms, words))
        self.parts.update(path)
        node = self._root
        for part in path:
            node = node.further.setdefault(part, _Node())
        if of is None or not node.marker:
            node.marker = of or path
        return path

    def find(self, words: Sequence[Word]) -> list[Hit[T]]:
        """All markers in the order of the text; they never overlap and never cross a clause."""
        hits: list[Hit[T]] = []
        openings = self._root.further
        end = 0
        for at, form in enumerate(map(self._form, words)):
            if form in openings and at >= end:
                marker, length = self._longest_at(words, at)
                end = at + length
                hits += [Hit(at, end, marker, meaning) for meaning in self.meanings.get(marker, [])]
        return hits

    def length_at(self, words: Sequence[Word], at: int) -> int:
        """The number of words of the longest marker that begins at word `at`; 0 if there is none, or it is a blank."""
        if self._form(words[at]) not in self._root.further:
            return 0
        marker, length = self._longest_at(words, at)
        return length if self.meanings.get(marker) else 0

    def _longest_at(self, words: Sequence[Word], at: int) -> tuple[tuple[str, ...], int]:
        longest: tuple[tuple[str, ...], int] = (), 0
        last = min(at + _LONGEST_PHRASE, len(words))
        open_ends = [(self._root, at)]
        while open_ends:
            node, i = open_ends.pop()
            if i == last or words[i].clause != words[at].clause:
                continue
            word = words[i]
            if i > at and word.plain in self._looseness.fillers and self._may_be_passed(words, i):
                open_ends.append((node, i + 1))
            further = node.further.get(self._form(word))
            if further is None:
                continue
            # A word that only looks like a marker may still be part of a phrase.
            if further.marker and i + 1 - at > longest[1] and (i > at or word.plain not in self._ignored):
                longest = further.marker, i + 1 - at
            open_ends.append((further, i + 1))
        return longest

    def _may_be_passed(self, words: Sequence[Word], i: int) -> bool:
        return words[i - 1].plain not in self._looseness.negators
