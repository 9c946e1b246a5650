"""Finds the words and phrases of a lexicon in a passage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from activities.ai.offline.passage import Word, plain_form

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_LONGEST_PHRASE = 8


class Hit(NamedTuple, Generic[T_co]):
    """A marker found: words `start` to `end` (exclusive) of the passage, and their meaning."""

    start: int
    end: int
    marker: tuple[str, ...]
    meaning: T_co


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
    ) -> None:
        """`form` and `forms` give what is compared of a word. `blanks` mean nothing, though one of their words does."""
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
        marker = tuple(self._forms(plain_form(word)) for word in phrase.split())
        self.parts.update(marker)
        node = self._root
        for part in marker:
            node = node.further.setdefault(part, _Node())
        node.marker = marker
        return self.meanings.setdefault(marker, [])

    def find(self, words: Sequence[Word]) -> list[Hit[T]]:
        """All markers in the order of the text; they never overlap and never cross a clause."""
        hits: list[Hit[T]] = []
        openings = self._root.further
        end = 0
        for at, form in enumerate(map(self._form, words)):
            if form in openings and at >= end:
                marker = self._longest_at(words, at)
                end = at + len(marker)
                hits += [Hit(at, end, marker, meaning) for meaning in self.meanings.get(marker, [])]
        return hits

    def length_at(self, words: Sequence[Word], at: int) -> int:
        """The number of words of the longest marker that begins at word `at`; 0 if there is none, or it is a blank."""
        marker = self._longest_at(words, at) if self._form(words[at]) in self._root.further else ()
        return len(marker) if self.meanings.get(marker) else 0

    def _longest_at(self, words: Sequence[Word], at: int) -> tuple[str, ...]:
        longest: tuple[str, ...] = ()
        further = self._root.further
        for word in words[at : at + _LONGEST_PHRASE]:
            node = further.get(self._form(word))
            if node is None or word.clause != words[at].clause:
                break
            # A word that only looks like a marker may still be part of a phrase.
            if node.marker and (len(node.marker) > 1 or word.plain not in self._ignored):
                longest = node.marker
            further = node.further
        return longest
