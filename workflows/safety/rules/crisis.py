"""Finds danger in a text by local rules: self-harm, violence, abuse. Done first with every text a person writes.

The rules are phrases in `schema/safety/phrases.*.yaml`, in Russian and English, and both languages are always read.
`detect` brings a text into a plain form, blanks what a guard covers (idioms, negations, stories), then looks for
dangers, the most urgent kind first.

The plain form: lower case, «ё» as «е», no apostrophes, doubled letters once, spelt-out words joined («с-у-и-ц-и-д»),
look-alike letters of the other alphabet, masked («su1c*de») and swapped («wnat») letters put back, words one space
apart, the end of a sentence as `.`, any other break as `,`.

Limits: a local rule sees words, not people. It does not understand irony, detours, pictures or other languages, and
it prefers a false alarm about self-harm to silence. The deep analysis of an answer is the second net, and neither of
them replaces a person.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from schema.vocabulary import CrisisKind
from workflows.safety.rules.phrases import (
    DANGERS,
    DISGUISED,
    FILLER,
    FILLER_MARK,
    GUARDS,
    MISSPELT,
    REPEATED,
    openings_in,
)

_INVISIBLE = re.compile(r"[\u0300-\u036f\u200b-\u200f\u2060\ufe0f\ufeff\u00ad]")
_APOSTROPHE = re.compile(r"(?<=\w)['’‘ʼ`´](?=\w)")
_SPELT_OUT = re.compile(r"\b[^\W\d](?:[^\w\n]{1,2}[^\W\d]\b){3,}")
_NOT_LETTERS = re.compile(r"\W+")
_LATIN = re.compile("[a-z]")
_MIXED = re.compile(r"\b(?=\w{0,40}[a-z])(?=\w{0,40}[а-я])\w+")
_MASK = re.compile(r"[*#@$!|+\d]")
_MASKED = re.compile(r"(?:(?<!\w)\$[^\W\d]++|\b\d?[^\W\d]++(?=[*#@$!|+\d]))(?:[*#@$\d]{1,3}[^\W\d]*+|[!|+][^\W\d]++)*+")
_GAP = re.compile(r"\W{2,}|[^\w ]")
_TO_CYRILLIC = str.maketrans("aceopxykmthb3", "асеорхукмтнвз")
_TO_LATIN = str.maketrans("асеорхукмтнв", "aceopxykmthb")
_MASKS = frozenset("*#@$!|+0123456789")
_WORD = re.compile(r"\w+")


# Each answer is read three times within a moment: when it is recorded, reflected on and analysed.
@lru_cache(maxsize=64)
def detect(text: str) -> CrisisKind | None:
    """The most urgent danger that a text speaks of, to the person or to someone else; None when it speaks of none."""
    plain = plain_form(text)
    places = openings_in(plain)
    openings = set(places)
    # Most texts hold no danger, so guards are applied only to those that do.
    if _most_urgent(plain, places, openings) is None:
        return None
    for guard in GUARDS:
        if guard.possible(openings):
            plain = guard.blanked(plain, places)
    return _most_urgent(plain, places, openings)


def _most_urgent(plain: str, places: dict[str, list[int]], openings: set[str]) -> CrisisKind | None:
    return next(
        (
            kind
            for kind, dangers in DANGERS.items()
            if any(danger.possible(openings) and danger.begins(plain, places) for danger in dangers)
        ),
        None,
    )


def plain_form(text: str) -> str:
    """A text in the form that phrases are compared with."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    text = _INVISIBLE.sub("", text)
    text = _APOSTROPHE.sub("", text).replace("_", " ")
    text = _SPELT_OUT.sub(lambda word: _NOT_LETTERS.sub("", word.group()), text)
    if not text.isascii() and _LATIN.search(text):
        text = _MIXED.sub(lambda word: _one_alphabet(word.group()), text)
    if _MASK.search(text):
        text = _MASKED.sub(lambda word: _unmasked(word.group()), text)
    text = _GAP.sub(lambda gap: _break(gap.group()), text)
    text = REPEATED.sub(r"\1", text).strip(" ,.")
    if not MISSPELT.keys().isdisjoint(text.split(" ")):
        text = _WORD.sub(lambda word: MISSPELT.get(word.group(), word.group()), text)
    return FILLER.sub(FILLER_MARK, text)


def _one_alphabet(word: str) -> str:
    latin = sum("a" <= letter <= "z" for letter in word)
    return word.translate(_TO_LATIN if latin * 2 > len(word) else _TO_CYRILLIC)


def _unmasked(word: str) -> str:
    """The disguised word behind a mask, or the word as it is."""
    for stem in DISGUISED:
        letters = zip(word, stem, strict=False)
        if len(word) >= len(stem) and all(seen == letter or seen in _MASKS for seen, letter in letters):
            return stem + word[len(stem) :]
    return word


def _break(gap: str) -> str:
    """The plain form of a gap between two words: a space, a break, or the end of a sentence."""
    pause = ".." in gap
    if not pause and any(mark in gap for mark in ".!?;"):
        return " . "
    return " " if gap == "-" or not gap.strip(' "«»“”„') else " , "
