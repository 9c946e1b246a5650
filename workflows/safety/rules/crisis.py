"""Finds danger in a text by local rules: self-harm, violence, abuse. Done first with every text a person writes.

The rules are phrases in `schema/safety/phrases.*.yaml`, in Russian and English, and both languages are always read.
`detect` brings a text into a plain form, blanks what a guard covers (idioms, negations, stories), then looks for
dangers, the most urgent kind first.

The plain form: lower case, «ё» as «е», no apostrophes, doubled letters once, spelt-out words joined («с-у-и-ц-и-д»),
look-alike letters of the other alphabet and masked letters («su1c*de») put back, words one space apart, the end of a
sentence as `.`, any other break as `,`.

How a phrase is written (letters are brought into the plain form for you, so write words as a dictionary does):

    одно слово      words one after another; a danger reads on over punctuation between them, a guard stops there
    суицид*         any ending
    (a|b) слово?    alternatives; `?` makes the letter or the group before it optional; `(?!x)` not before x
    слово$          here the sentence, or a part of it, ends
    #               a number
    a _ b           maybe a filler between («хочу просто умереть»)
    a ~ b           up to three words between, within one sentence
    <name>          any word of that list
    не думаю,? что  a comma that may stand there (guards)

Limits: a local rule sees words, not people. It does not understand irony, detours, pictures or other languages, and
it prefers a false alarm about self-harm to silence. The deep analysis of an answer is the second net, and neither of
them replaces a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from schema.safety import BrokenSafetyData, phrases
from schema.vocabulary import CrisisKind, Locale

_INVISIBLE = re.compile(r"[\u0300-\u036f\u200b-\u200f\u2060\ufe0f\ufeff\u00ad]")
_APOSTROPHE = re.compile(r"(?<=\w)['’‘ʼ`´](?=\w)")
_SPELT_OUT = re.compile(r"\b[^\W\d](?:[^\w\n]{1,2}[^\W\d]\b){3,}")
_NOT_LETTERS = re.compile(r"\W+")
_LATIN = re.compile("[a-z]")
_MIXED = re.compile(r"\b(?=\w{0,40}[a-z])(?=\w{0,40}[а-я])\w+")
_MASK = re.compile(r"[*#@$\d]")
_MASKED = re.compile(r"\b\d?[^\W\d]++(?:[*#@$\d]{1,3}[^\W\d]*+)++")
_GAP = re.compile(r"\W{2,}|[^\w ]")
_REPEATED = re.compile(r"(\w)\1+")
_WORD = re.compile(r"\w+")

_TO_CYRILLIC = str.maketrans("aceopxykmthb3", "асеорхукмтнвз")
_TO_LATIN = str.maketrans("асеорхукмтнв", "aceopxykmthb")
_BLANK = "0"
_MARK = "ʔ"
"""Stands before fillers in the plain form; a letter that neither language has."""
_FILLER_MARK = _MARK + r"\g<0>"


# Each answer is read three times within a moment: when it is recorded, reflected on and analysed.
@lru_cache(maxsize=64)
def detect(text: str) -> CrisisKind | None:
    """The most urgent danger that a text speaks of, to the person or to someone else; None when it speaks of none."""
    plain = _plain(text)
    # Most texts hold no danger at all; guards are asked only about those that do.
    if _most_urgent(plain) is None:
        return None
    openings = set(_openings_in(plain))
    for guard in _GUARDS:
        if guard.possible(openings):
            plain = guard.regex.sub(_BLANK, plain)
    return _most_urgent(plain)


def _most_urgent(plain: str) -> CrisisKind | None:
    places = _openings_in(plain)
    openings = set(places)
    return next(
        (
            kind
            for kind, dangers in _DANGERS.items()
            if any(danger.possible(openings) and danger.begins(plain, places) for danger in dangers)
        ),
        None,
    )


def _plain(text: str) -> str:
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
    return _FILLER.sub(_FILLER_MARK, _REPEATED.sub(r"\1", text).strip(" ,."))


def _one_alphabet(word: str) -> str:
    latin = sum("a" <= letter <= "z" for letter in word)
    return word.translate(_TO_LATIN if latin * 2 > len(word) else _TO_CYRILLIC)


def _unmasked(word: str) -> str:
    """The disguised word behind a mask, or the word as it is."""
    for stem in _DISGUISED:
        letters = zip(word, stem, strict=False)
        if len(word) >= len(stem) and all(seen == letter or seen in "*#@$0123456789" for seen, letter in letters):
            return stem + word[len(stem) :]
    return word


def _break(gap: str) -> str:
    """What stands between two words: nothing special, a break, or the end of a sentence."""
    pause = ".." in gap
    if not pause and any(mark in gap for mark in ".!?;"):
        return " . "
    return " " if gap == "-" or not gap.strip(' "«»“”„') else " , "


_OPENING = 7
"""Letters of a word that are enough to tell whether a phrase is worth looking for."""


@dataclass(frozen=True)
class _Phrase:
    pattern: str
    opens: frozenset[str]
    """How it may open."""
    needs: list[frozenset[str]]
    """How each word that it can't do without may open; the rarest first."""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled when a text first has the words: a process starts a quarter of a second sooner."""
        return re.compile(self.pattern)

    def possible(self, openings: set[str]) -> bool:
        """Whether a text with words that open so can hold the phrase; so a regex runs only when it may match."""
        # A plain loop: this runs some hundred times a text.
        for need in self.needs:  # noqa: SIM110
            if need.isdisjoint(openings):
                return False
        return True

    def begins(self, plain: str, places: dict[str, list[int]]) -> bool:
        """Whether the phrase stands at one of the places where words open as it does."""
        return any(self.regex.match(plain, at) for opening in self.opens for at in places.get(opening, ()))


def _openings_in(plain: str) -> dict[str, list[int]]:
    """Where words begin, by their first letters: one to all that count, with the space after a shorter word."""
    longest: defaultdict[str, list[int]] = defaultdict(list)
    for word in _WORD.finditer(plain):
        longest[(word.group() + " ")[:_OPENING]].append(word.start())
    places: defaultdict[str, list[int]] = defaultdict(list)
    for opening, starts in longest.items():
        for size in range(1, len(opening) + 1):
            places[opening[:size]] += starts
    return places


@cache
def _openings_of(phrase: str, size: int = _OPENING) -> frozenset[str]:
    """How a match of the phrase may open, up to `size` letters; less where any ending may follow."""
    if not size or not phrase or phrase[0] in "*,#$":
        return frozenset({""})
    if phrase.startswith("_ "):
        return _openings_of(phrase[2:], size) | {_MARK}
    end = _closing(phrase) + 1 if phrase[0] == "(" else 1
    optional, rest = phrase[end : end + 1] == "?", phrase[end:].removeprefix("?")
    found: frozenset[str] = _openings_of(rest, size) if optional or phrase.startswith("(?!") else frozenset()
    if phrase.startswith("(?!"):
        return found
    if phrase[0] == "(":
        return found.union(*(_openings_of(way + rest, size) for way in _split(phrase[1 : end - 1], "|")))
    if phrase[0] == " ":
        return found | {" "}
    return found | {phrase[0] + opening for opening in _openings_of(rest, size - 1)}


def _closing(phrase: str) -> int:
    """Where the group that opens the phrase closes."""
    depth = 0
    for at, symbol in enumerate(phrase):
        depth += (symbol == "(") - (symbol == ")")
        if not depth:
            return at
    raise BrokenSafetyData(f"a bracket stays open in «{phrase}»")


def _split(phrase: str, separator: str) -> list[str]:
    """The parts between separators that stand outside of groups."""
    parts, depth = [""], 0
    for at, symbol in enumerate(phrase):
        depth += (symbol == "(") - (symbol == ")")
        if symbol == separator and not depth and phrase[at + 1 : at + 2] != "?":
            parts.append("")
        else:
            parts[-1] += symbol
    return parts


_ANYTHING = {"", " "}
_DANGER_GAP = "(?:[ .,]++)"
_GUARD_GAP = " "
_NOTATION = re.compile(r"\(\?!|\(| ~ |_ | |,|\*|#|\$")
_LINE_BREAK = re.compile(r"\s*\|\s*")


def _letters(words: str) -> str:
    """Words of the data in the letters of the plain form."""
    return _REPEATED.sub(r"\1", words.casefold().replace("ё", "е").replace("'", ""))


def _compiled(phrase: str, lists: dict[str, str], gap: str) -> _Phrase:
    letters = _FILLER.sub(_FILLER_MARK, _letters(_filled(phrase, lists)))
    words = [_openings_of(word + " ") for word in _split(letters, " ") if word not in ("~", "_")]
    opens = _openings_of(letters + " ")
    if (gap == _DANGER_GAP and opens & _ANYTHING) or len(_split(letters, "|")) > 1:
        raise BrokenSafetyData(f"«{phrase}»: a danger begins with a word, and alternatives stand in brackets")
    # A word that opens with nothing in particular, or may be missing, is not needed.
    return _Phrase(_pattern(letters, gap), opens, sorted((word for word in words if not word & _ANYTHING), key=len))


def _pattern(letters: str, gap: str) -> str:
    """A phrase in plain letters as a regular expression: bounded repeats and possessive words, so it can't run away."""
    symbols = {
        "(?!": "(?!",
        "(": "(?:",
        " ~ ": f"{gap}(?:\\w++{'[ ,]++' if gap == _DANGER_GAP else ' '}){{0,3}}",
        "_ ": f"(?:{_MARK}\\w++{gap})?",
        " ": gap,
        ",": "(?: ,)",
        "*": "\\w*+",
        "#": "\\d++",
        "$": "(?= [.,]|$)",
    }
    return f"\\b(?:{_NOTATION.sub(lambda symbol: symbols[symbol.group()], _whole_words(letters))})\\b"


def _whole_words(letters: str) -> str:
    """What must not follow is compared by whole words of one sentence: `(?! to)` is neither «today» nor «. To»."""
    at = letters.find("(?!")
    if at < 0:
        return letters
    end = at + _closing(letters[at:])
    words = letters[at + 3 : end].replace(" ", "\\x20")
    return f"{letters[:at]}(?!({words})\\b){_whole_words(letters[end + 1 :])}"


def _filled(phrase: str, lists: dict[str, str]) -> str:
    """The phrase with its lists filled in."""

    def words(match: re.Match[str]) -> str:
        if match.group(1) not in lists:
            raise BrokenSafetyData(f"no list <{match.group(1)}>, which «{phrase}» names")
        return f"({_LINE_BREAK.sub('|', lists[match.group(1)])})"

    while "<" in phrase:
        phrase = re.sub(r"<(\w+)>", words, phrase)
    return phrase


_BOOK = [phrases(locale) for locale in Locale]
_DISGUISED = tuple(stem for book in _BOOK for stem in book.disguised)
_FILLER = re.compile(rf"\b(?:{'|'.join(_letters(word) for book in _BOOK for word in book.fillers)})\b(?![*?])")
_GUARDS = [_compiled(guard, book.lists, _GUARD_GAP) for book in _BOOK for guard in book.guards]
_DANGERS = {
    kind: [_compiled(danger, book.lists, _DANGER_GAP) for book in _BOOK for danger in book.dangers[kind]]
    for kind in CrisisKind
}
