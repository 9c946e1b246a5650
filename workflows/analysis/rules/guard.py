"""The guard: reads the words that a language model wrote for a person, and objects to those that may not be said.

Phrases stand in `schema/safety/guard.*.yaml`, in the notation of `workflows.safety.rules.phrases`, and both languages
are always read. Links, numbers, doses and code have forms of their own, and are looked for in the unchanged text.

A reply may take up what the person said: their own words in quotation marks, and an illness, a medicine or a judgement
of somebody that they named. It may not advise on them, nor say that the person has that illness.

Limits: it sees words, not meanings, so paraphrases and translations pass; docs/safety.md says how many.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property, lru_cache

from schema.safety.data import guard_phrases
from schema.vocabulary import Locale, Objection
from workflows.analysis.rules.text_features import language_of
from workflows.safety.rules.crisis import plain_form
from workflows.safety.rules.phrases import Phrase, in_one_clause, openings_in

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_QUOTED = re.compile(r"[«\"“„]([^«»\"“”„]{1,600})[»\"”“]")
_CONTRACTED = re.compile(r"\b(I|you|he|she|it|that|we|they)['’](m|re|s|ve)\b", re.IGNORECASE)
_IN_FULL = {"m": "am", "re": "are", "s": "is", "ve": "have"}
_BLANK = "0"
_CLAUSE = re.compile(r"[.,] ")
_BEHIND = re.compile(r"(?: ,)? (\w++)(?: (\w++)(?: (\w++)(?: (\w++))?)?)?")
"""The next four words, of the same sentence."""

_LINK = re.compile(
    r"https?:|\bwww\.|\]\(|\w\.(?:com|org|net|info|ru|рф|io|app|dev|site|online|shop|xyz|gg)\b|\b(?:t|wa|vk)\.(?:me|cc)\b"
    r"|\b(?:dot|точка)\s(?:com|org|net|ru|ком|ру)\b|@\s?\w",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<!\d)\+?\d(?:[\s().–-]{0,2}\d){6,}")
_CALL = re.compile(
    r"\b(?:call|dial|ring|text|send|отправ\w*|позвон\w*|звони\w*|набер\w*|набира\w*)\s(?:\w{1,20}\s){0,4}(?:\w{1,20}:\s?)?(\d{2,})",
    re.IGNORECASE,
)
_LONGEST_SUM = 8
"""Digits of a date or of a sum of money, which a reply may repeat; more are a phone number, whosever it is."""
_DOSE = re.compile(
    r"\d\s?(?:mg|mcg|ml|мг|мкг|мл|tablets?|pills?|capsules?|drops|gumm\w+|таблет\w*|капсул\w*|капель|капл\w*)\b"
    r"|\b(?:one|two|three|four|half an?|одн\w+|две|двух|тр[иёе]\w*|пол|полтор\w+)\s"
    r"(?:tablets?|pills?|capsules?|drops|gumm\w+|таблет\w*|капсул\w*|капель|капл\w*)\b"
    r"|\b(?:up to|increase to|raise to|повыс\w+ до|увелич\w+ до|сниж\w+ до)\s(?:about |around )?\d{2,}\b"
    r"(?!\s(?:words|times|minutes|people))",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"```|\{\s?[\"{%]|[%}]\}|</?[a-z]+>|\b[a-z]+-[0-9a-f]{24}|[^\W\d_]_[^\W\d_]|\bsystem:"
    r"|(?-i:\bИИ\b)",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"</?[a-z][^<>]{0,200}>|\*\*|(?m:^[ \t]*(?:#{1,6}[ \t]|\|.*\|[ \t]*$))|(?<!\S)1[.)]\s[^\d]{1,400}(?<!\S)2[.)]\s",
    re.IGNORECASE,
)
"""Also when the person wrote it: a channel would show it as what it is not."""
_FEWEST_LEAKED_WORDS = 6
"""A reply that repeats so many words of its instructions in a row does not do so by chance."""

_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_NOT_RUSSIAN = re.compile("[іїєґўђћљњџј]", re.IGNORECASE)

_BOOK = [guard_phrases(locale) for locale in Locale]
_PASSES = [in_one_clause(phrase, book.lists) for book in _BOOK for phrase in book.passes]
_FOREIGN = frozenset(word for book in _BOOK for word in book.foreign.split("|"))


def _of_kinds(part: str) -> list[tuple[Objection, Phrase]]:
    return [
        (kind, in_one_clause(phrase, book.lists))
        for book in _BOOK
        for kind, phrases in getattr(book, part).items()
        for phrase in phrases
    ]


_ALWAYS, _OPENING, _UNLESS_SAID = map(_of_kinds, ("always", "opening", "unless_said"))
_ADVICE = [
    (
        in_one_clause(book.advice.after, book.lists),
        [in_one_clause(phrase, book.lists) for phrase in book.advice.phrases],
    )
    for book in _BOOK
]
_CLAIMS = [
    (in_one_clause(f"({book.others.who}){copula}", book.lists), [in_one_clause(claim, book.lists) for claim in claims])
    for book in _BOOK
    for copula, claims in ((f" {book.others.copula}".rstrip(), book.others.traits), ("", book.others.acts))
]
"""What stands before, and what may not follow it. Apart, so that no regex is as large as both together."""


class Guard:
    """Reads replies to one answer; pure, and never raises."""

    def __init__(self, answer: str, locale: Locale, instructions: str) -> None:
        """`answer` is all of the person's words that the model was shown.

        `locale` is the language that a reply has to be in; `instructions` are those that the model was given.
        """
        self._answer = answer
        self._locale = locale
        self._instructions = instructions

    def objections(self, text: str) -> list[Objection]:
        """What is wrong with a text for the person; empty when it may be said."""
        found = {*self._by_form(text), *self._by_phrases(text)}
        if self._is_foreign(text):
            found.add(Objection.LANGUAGE)
        return [kind for kind in Objection if kind in found]

    def lets_pass(self, text: str) -> bool:
        """Whether it may be said."""
        return not self.objections(text)

    # By form

    def _by_form(self, text: str) -> Iterator[Objection]:
        if (
            _LINK.search(text)
            or any(not self._is_sum(number.group()) for number in _NUMBER.finditer(text))
            or any(call.group(1) not in self._answer for call in _CALL.finditer(text))
        ):
            yield Objection.CONTACT
        if any(not self._said_as_is(dose.group()) for dose in _DOSE.finditer(text)):
            yield Objection.DIAGNOSIS
        leaked = _runs(text) & _runs_of_instructions(self._instructions)
        if leaked or _MARKUP.search(text) or any(not self._said_as_is(code.group()) for code in _CODE.finditer(text)):
            yield Objection.PROMPT

    def _is_sum(self, number: str) -> bool:
        digits = _digits(number)
        return not number.startswith("+") and len(digits) <= _LONGEST_SUM and digits in self._digits

    def _said_as_is(self, piece: str) -> bool:
        return piece.casefold() in self._folded

    @cached_property
    def _folded(self) -> str:
        return self._answer.casefold()

    @cached_property
    def _digits(self) -> str:
        return _digits(self._answer)

    # By phrases

    def _by_phrases(self, text: str) -> Iterator[Objection]:
        plain = _plain(_QUOTED.sub(self._without_own_words, text))
        openings = set(openings_in(plain))
        for phrase in _PASSES:
            if phrase.possible(openings):
                plain = phrase.regex.sub(_BLANK, plain)
        openings = set(openings_in(plain))
        clauses = [0, *(gap.end() for gap in _CLAUSE.finditer(plain))]
        for kind, phrase in _ALWAYS:
            if phrase.possible(openings) and phrase.regex.search(plain):
                yield kind
        for kind, phrase in _OPENING:
            if phrase.possible(openings) and any(phrase.regex.match(plain, at) for at in clauses):
                yield kind
        for kind, phrase in _UNLESS_SAID:
            if phrase.possible(openings) and phrase.regex.search(plain) and not self._said(phrase):
                yield kind
        for before, advice in _ADVICE:
            if any(_following(plain, openings, before, advice)):
                yield Objection.ADVICE
        for before, claims in _CLAIMS:
            if not all(map(self._said, _following(plain, openings, before, claims))):
                yield Objection.OTHERS

    def _said(self, phrase: Phrase) -> bool:
        return phrase.possible(self._openings) and phrase.regex.search(self._plain) is not None

    def _without_own_words(self, quoted: re.Match[str]) -> str:
        words = " ".join(_words(quoted.group(1)))
        return _BLANK if words and f" {words} " in self._words_in_a_row else quoted.group()

    @cached_property
    def _plain(self) -> str:
        return _plain(self._answer)

    @cached_property
    def _openings(self) -> set[str]:
        return set(openings_in(self._plain))

    @cached_property
    def _words(self) -> list[str]:
        return _words(self._answer)

    @cached_property
    def _words_in_a_row(self) -> str:
        return f" {' '.join(self._words)} "

    # By language

    def _is_foreign(self, text: str) -> bool:
        own = set(self._words)
        # Names, titles and words that the person used are in any language.
        words = [word for word in _words(text) if word not in own]
        letters = "".join(words)
        cyrillic, latin = len(_CYRILLIC.findall(letters)), len(_LATIN.findall(letters))
        spoken, other = (cyrillic, latin) if self._locale is Locale.RU else (latin, cyrillic)
        strange = sum(letter.isalpha() for letter in letters) - spoken - other
        if other + strange > spoken:
            return True
        if self._locale is Locale.RU:
            return _is_other_cyrillic(words) and not _is_other_cyrillic(self._words)
        return _is_other_latin(_words(text)) and not _is_other_latin(self._words)


def _following(plain: str, openings: set[str], before: Phrase, phrases: list[Phrase]) -> Iterator[Phrase]:
    """The phrases that begin within the words behind `before`."""
    if not before.possible(openings):
        return
    found = [_BEHIND.match(plain, place.end()) for place in before.regex.finditer(plain)]
    places = {words.start(nth) for words in found if words for nth in range(1, 5) if words[nth]}
    for phrase in phrases:
        if phrase.possible(openings) and any(phrase.regex.match(plain, at) for at in places):
            yield phrase


def _is_other_cyrillic(words: Collection[str]) -> bool:
    """Whether words in Cyrillic letters are of another language than Russian."""
    return any(map(_NOT_RUSSIAN.search, words)) or sum(word in _FOREIGN for word in words) > 1


def _is_other_latin(words: Collection[str]) -> bool:
    """Whether words in Latin letters are of another language than English."""
    foreign = sum(word in _FOREIGN for word in words)
    known_as_english = language_of(" ".join(words), Locale.RU) is Locale.EN
    return foreign > 1 and (not known_as_english or foreign * 4 >= len(words))


def _plain(text: str) -> str:
    return plain_form(_CONTRACTED.sub(lambda short: f"{short.group(1)} {_IN_FULL[short.group(2).lower()]}", text))


def _words(text: str) -> list[str]:
    return [word.casefold().replace("ё", "е").replace("’", "'") for word in _WORD.findall(text)]


def _digits(text: str) -> str:
    return "".join(symbol for symbol in text if symbol.isdigit())


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _words(text)
    return frozenset(
        tuple(words[at : at + _FEWEST_LEAKED_WORDS]) for at in range(len(words) - _FEWEST_LEAKED_WORDS + 1)
    )


# One of a task and a language.
@lru_cache(maxsize=8)
def _runs_of_instructions(instructions: str) -> frozenset[tuple[str, ...]]:
    return _runs(instructions)
