"""The phrases of `schema/safety/*.yaml` as regular expressions, and which of them a text may hold at all.

How a phrase is written (letters are brought into the plain form for you, so write words as a dictionary does):

    одно слово      words one after another; a danger matches across punctuation, a guard does not
    суицид*         any ending
    (a|b) слово?    alternatives; `?` makes the letter or the group before it optional; `(?!x)` not before x
    слово$          the end of a sentence or of a part of it
    #               a number; {4-17} a number from the first to the second
    a _ b           an optional filler between («хочу просто умереть»)
    a ~ b           up to three words between, within one sentence
    a ~~ b          up to eight words between, from one sentence to the next
    a …             and on to the end of the clause, or to where the writer speaks of themselves (guards)
    <name>          any word of that list
    не думаю,? что  a comma that may stand there (guards)
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from typing import get_args

from schema.safety.data import BrokenSafetyData, DangerDetail, phrases
from schema.vocabulary import CrisisKind, Locale

REPEATED = re.compile(r"([^\W\d])\1+")
_WORD = re.compile(r"\w+")
_MARK = "ʔ"
"""Stands before fillers in the plain form; a letter that neither language has."""
FILLER_MARK = _MARK + r"\g<0>"
_OPENING = 7
"""The number of first letters of a word that the prefilter compares."""
_PLAIN = re.compile(r"(?:[^\W\d_](?!\?))+")
_BRACKET = re.compile(r"[()]")
_ANYTHING = {"", " "}


def _blank(match: re.Match[str]) -> str:
    return "0" * len(match.group())


@dataclass(frozen=True)
class Phrase:
    """A phrase, with the conditions under which its regex can match a text."""

    pattern: str
    opens: frozenset[str]
    """The possible first letters of the phrase."""
    needs: list[frozenset[str]]
    """The possible first letters of each required word; the rarest first."""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled at first use, which saves 0.25 s of each process start."""
        return re.compile(self.pattern)

    def possible(self, openings: set[str]) -> bool:
        """Whether a text whose words have these openings can hold the phrase. Saves running the regex."""
        # A plain loop, because this runs some hundred times per text.
        for need in self.needs:  # noqa: SIM110
            if need.isdisjoint(openings):
                return False
        return True

    def begins(self, plain: str, places: dict[str, list[int]]) -> bool:
        """Whether the phrase stands at one of the places with its opening."""
        return any(self.regex.match(plain, at) for opening in self.opens & places.keys() for at in places[opening])

    def blanked(self, plain: str, places: dict[str, list[int]]) -> str:
        """The text with each place that the phrase covers blanked; other words stay where they stand."""
        if self.opens & _ANYTHING:
            return self.regex.sub(_blank, plain)
        for at in sorted({at for opening in self.opens & places.keys() for at in places[opening]}):
            if match := self.regex.match(plain, at):
                plain = plain[:at] + _blank(match) + plain[match.end() :]
        return plain


def openings_in(plain: str) -> dict[str, list[int]]:
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
    """The possible first letters of a match, up to `size`; fewer where any ending may follow."""
    if not size or not phrase or phrase[0] in "*,#$":
        return frozenset({""})
    if plain := _PLAIN.match(phrase):
        head = plain.group()[:size]
        return frozenset(head + opening for opening in _openings_of(phrase[len(head) :], size - len(head)))
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
    """The position where the first group of the phrase closes."""
    depth = 0
    for bracket in _BRACKET.finditer(phrase):
        depth += 1 if bracket.group() == "(" else -1
        if not depth:
            return bracket.start()
    raise BrokenSafetyData(f"a bracket stays open in «{phrase}»")


_SEPARATORS = {separator: re.compile(rf"{re.escape(separator)}(?!\?)") for separator in " |"}
_MARKS = {separator: re.compile(rf"[()]|{found.pattern}") for separator, found in _SEPARATORS.items()}


def _split(phrase: str, separator: str) -> list[str]:
    """The parts between separators that stand outside of groups."""
    if "(" not in phrase:
        # Most phrases are plain words. Each process reads all of them when it starts.
        return _SEPARATORS[separator].split(phrase)
    parts, depth, begun = list[str](), 0, 0
    for mark in _MARKS[separator].finditer(phrase):
        if mark.group() != separator:
            depth += 1 if mark.group() == "(" else -1
        elif not depth:
            parts.append(phrase[begun : mark.start()])
            begun = mark.end()
    return [*parts, phrase[begun:]]


_DANGER_GAP = "(?:[ .,]++)"
_GUARD_GAP = " "
_NOTATION = re.compile(r"\(\?!|\(| ~~? | …|_ | |,|\*|#|\$")
_LONG = 6
"""Letters of a word that is still known with one of them lost."""
_RANGE = re.compile(r"\{(\d+)-(\d+)\}")
_LINE_BREAK = re.compile(r"\s*\|\s*")


def _letters(words: str) -> str:
    """Words of the data in the letters of the plain form."""
    return REPEATED.sub(r"\1", words.casefold().replace("ё", "е").replace("'", ""))


def _slips(word: str) -> set[str]:
    """The word with two neighbouring letters swapped; and, if it is long, with one inner letter lost."""
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    lost = {word[:at] + word[at + 1 :] for at in range(1, len(word) - 1)} if len(word) >= _LONG else set()
    # With a letter twice in a row it might read as another word: «умееть» as «уметь».
    return {_letters(slip) for slip in swapped | lost if not REPEATED.search(slip) or REPEATED.search(word)}


def _compiled(phrase: str, lists: dict[str, str], gap: str) -> Phrase:
    letters = FILLER.sub(FILLER_MARK, _letters(_filled(phrase, lists)))
    words = [_openings_of(word + " ") for word in _split(letters, " ") if word not in ("~", "~~", "_", "…")]
    opens = _openings_of(letters + " ")
    if (gap == _DANGER_GAP and opens & _ANYTHING) or len(_split(letters, "|")) > 1:
        raise BrokenSafetyData(f"«{phrase}»: a danger begins with a word, and alternatives stand in brackets")
    # An optional word, or one without fixed first letters, is not required.
    return Phrase(_pattern(letters, gap), opens, sorted((word for word in words if not word & _ANYTHING), key=len))


def in_one_clause(phrase: str, lists: dict[str, str]) -> Phrase:
    """A phrase that does not read on over punctuation. Raises `BrokenSafetyData`."""
    return _compiled(phrase, lists, _GUARD_GAP)


def _pattern(letters: str, gap: str) -> str:
    """A phrase in plain letters as a regular expression: bounded repeats and possessive words, so it can't run away."""
    symbols = {
        "(?!": "(?!",
        "(": "(?:",
        " ~ ": f"{gap}(?:\\w++{'[ ,]++' if gap == _DANGER_GAP else ' '}){{0,3}}",
        " ~~ ": f"{gap}(?:\\w++{gap}){{0,8}}",
        " …": f"(?: (?!(?:{_ONESELF})\\b)\\w++)*+",
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
    """The phrase with `<name>` replaced by the words of the list."""

    def words(match: re.Match[str]) -> str:
        if match.group(1) not in lists:
            raise BrokenSafetyData(f"no list <{match.group(1)}>, which «{phrase}» names")
        return f"({_LINE_BREAK.sub('|', lists[match.group(1)])})"

    while "<" in phrase:
        phrase = re.sub(r"<(\w+)>", words, phrase)
    return _RANGE.sub(lambda ends: f"({'|'.join(map(str, range(int(ends[1]), int(ends[2]) + 1)))})", phrase)


_BOOK = [phrases(locale) for locale in Locale]
_ONESELF = "|".join(
    f"{_MARK}?{word}" for word in ("i", "im", "ive", "id", "ill", "my", "me", "я", "мне", "меня", "мной")
)
DISGUISED = tuple(stem for book in _BOOK for stem in book.disguised)
FILLER = re.compile(rf"\b(?:{'|'.join(_letters(word) for book in _BOOK for word in book.fillers)})\b(?![*?])")
_WORDS = {_letters(word) for book in _BOOK for word in book.misspelt}
MISSPELT = {
    wrong: _letters(word) for book in _BOOK for word in book.misspelt for wrong in _slips(word) if wrong not in _WORDS
}
"""The words behind slips of the finger, by the slip, both in plain letters."""
GUARDS = [_compiled(guard, book.lists, _GUARD_GAP) for book in _BOOK for guard in book.guards]
DETAILS = {
    detail: [_compiled(phrase, book.lists, _DANGER_GAP) for book in _BOOK for phrase in book.details[detail]]
    for detail in get_args(DangerDetail)
}
DANGERS = {
    kind: [_compiled(danger, book.lists, _DANGER_GAP) for book in _BOOK for danger in book.dangers[kind]]
    for kind in CrisisKind
}
