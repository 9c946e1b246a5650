"""What the offline coach hears in a message: its theme, a wish, a number, and what was told without being asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter

from activities.ai.offline.coach_bank import Kind, Theme, bank
from activities.ai.offline.passage import Word, first_person_verb, stem
from activities.ai.offline.phrasebook import Phrasebook
from activities.ai.offline.reflection import Heard, heard
from schema.base_model import Model
from schema.vocabulary import Locale, Objection
from schema.yaml_files import read_packaged
from workflows.analysis.rules.guard import Guard
from workflows.analysis.rules.text_features import language_of

# Words: of a message in which a wish may stand anywhere, of one that may hold a number as a word, of a whole thought.
_SHORT, _NUMBER_ALONE, _THOUGHT = 14, 5, 4
_LEAVE_TAKING, _STEP_WORDS = 20, 3
_LONGEST_QUOTED, _LONGEST_STEP = 80, 120
"""Letters."""
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_LEADING_ASSENT = re.compile(r"^(?:yes|yeah|yep|ok|okay|да|ага|ладно|хорошо|ок)\b[\s,!.]*", re.IGNORECASE)
_OF_TEN = re.compile(r"(?:из|out of|of|/) ?(?:10|ten|десяти)\b")
_DIGITS = re.compile(r"(?<![\d.,:])(10|\d)(?![\d:%])")
_DID = re.compile(r"[аеиоуыя]л(?:а|ась|ся)?$")
_FEWEST_FOREIGN = 3
_SAYABLE = re.compile(r"[A-Za-zА-Яа-яЁё' ,-]+")
_VOWELS = {Locale.RU: "аеиоуыэюя", Locale.EN: "aeiouy"}
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_RUN_OF_KEYS, _RUN_OF_CONSONANTS, _UNVOICED = 4, 6, 4


class Wish(StrEnum):
    """What a person wishes of the coach, asks it, or answers in a word."""

    ATTACHED = "attached"
    REPEATED = "repeated"
    COMPLAINT = "complaint"
    MISUNDERSTOOD = "misunderstood"
    SHORTER = "shorter"
    ASK = "ask"
    LISTEN = "listen"
    IDENTITY = "identity"
    ABILITIES = "abilities"
    WELLBEING = "wellbeing"
    ADVICE = "advice"
    FAREWELL = "farewell"
    ENOUGH = "enough"
    THANKS = "thanks"
    GREETING = "greeting"
    AGREES = "agrees"
    REFUSES = "refuses"
    UNSURE = "unsure"


ANSWERS = frozenset({Wish.AGREES, Wish.REFUSES, Wish.UNSURE})
"""Answers rather than wishes."""
_WHOLE_MESSAGES = ANSWERS | {Wish.GREETING, Wish.COMPLAINT}
"""What is looked for in all of a message: where nothing else is said, or wherever it stands."""


_SENTENCES = frozenset({Wish.LISTEN, Wish.SHORTER})
"""What is also looked for in each sentence of a short message."""


class StepWords(Model):
    """How people speak of steps."""

    offers: list[str]
    """The person thinks of one."""
    assents: list[str]
    """A word of agreement, with which a message begins."""
    binds: list[str]
    """It is settled, wherever in the message it stands."""
    again: list[str]
    failed: list[str]
    drops: list[str]
    """They don't want to do it any more."""
    doubts: list[str]
    """They have second thoughts."""


class HearingData(Model):
    """One file of what is listened for."""

    steps: StepWords
    reported: str

    wishes: dict[Wish, list[str]]
    unsure: list[str]
    told: dict[Kind, list[str]]
    numbers: dict[str, int]


class Ear:
    """One language, ready to listen."""

    def __init__(self, data: HearingData, locale: Locale) -> None:
        wishes = {**data.wishes, Wish.UNSURE: data.unsure}
        self.reported = re.compile(data.reported)
        self.wishes = {wish: _any_of(patterns) for wish, patterns in wishes.items()}
        self.told = {kind: _any_of(rf"\b(?:{pattern})" for pattern in patterns) for kind, patterns in data.told.items()}
        self.numbers = data.numbers
        self.steps = {
            name: _any_of(rf"\b(?:{pattern})\b" for pattern in patterns)
            for name, patterns in data.steps.model_dump().items()
        }
        lines = bank(locale)
        self.themes: Phrasebook[Theme] = Phrasebook(
            lines.markers, attrgetter("stem"), lambda word: stem(word, locale), frozenset(), lines.blanks
        )


@cache
def ear(locale: Locale) -> Ear:
    """The ear for a language, read and compiled once."""
    return Ear(HearingData.model_validate(read_packaged(__package__, f"coach_hears_{locale}.yaml")), locale)


class Message:
    """One message of the person as the coach sees it."""

    def __init__(self, text: str, locale: Locale, *, crisis: bool) -> None:
        self.text = text
        self.heard: Heard = heard(text, locale, crisis=crisis)
        self._locale = self.heard.passage.locale
        self._ear = ear(self._locale)
        words = self.words = self.heard.passage.words
        self._plain = _joined(words)
        self.themes: Counter[Theme] = Counter(hit.meaning for hit in self._ear.themes.find(words))
        self.wish = self._wish()
        self.told = frozenset(kind for kind, pattern in self._ear.told.items() if pattern.search(self._plain))

    def _wish(self) -> Wish | None:
        words = self.words
        within = words if len(words) <= _SHORT else [word for word in words if word.sentence == words[-1].sentence]
        last = _joined(within)
        if self._ear.reported.search(last):
            return None
        each = {last, *(_joined(words) for _, words in groupby(within, attrgetter("sentence")))}
        for wish, pattern in self._ear.wishes.items():
            whole = {self._plain} if wish in _WHOLE_MESSAGES else each if wish in _SENTENCES else {last}
            if any(map(pattern.search, whole)):
                return wish
        return Wish.THANKS if self._thanks() else None

    def _thanks(self) -> bool:
        """Whether it ends in thanks, or begins with them and tells of nothing."""
        if not self.words or len(self.words) > _LEAVE_TAKING or "?" in self.text:
            return False
        thanks = self._ear.wishes[Wish.THANKS]
        first, last = ([word for word in self.words if word.sentence == self.words[at].sentence] for at in (0, -1))
        return bool(thanks.search(_joined(last)) or (not self.themes and thanks.search(_joined(first))))

    # Steps

    def speaks_of_step(self, how: str) -> bool:
        """Whether it speaks of a step in one of the ways of `StepWords`."""
        return self._ear.steps[how].search(self._plain) is not None

    def takes(self, offered: bool) -> str | None:
        """The step that it agrees to, in its own words; None if it agrees to none.

        Args:
            offered: whether the message before thought of a step: then "yes, on Sunday at six" settles it.
        """
        assents = self._ear.steps["assents"]
        settled = self.speaks_of_step("binds") or (offered and Kind.FIRM in self.told)
        if "?" in self.text or not assents.match(self._plain) or not settled:
            return None
        rest: list[str] = []
        for sentence in _SENTENCE_END.split(self.text):
            words = _joined(word for word in self.heard.passage.of(sentence, self._locale).words)
            while found := assents.match(words):
                words = words[found.end() :].strip()
            if not self._ear.steps["binds"].fullmatch(words) and len(words.split()) >= _STEP_WORDS:
                rest.append(_LEADING_ASSENT.sub("", sentence).strip(" .!…"))
        step = max(rest, key=len, default="")
        return step if step and len(step) <= _LONGEST_STEP else None

    @property
    def number(self) -> int | None:
        """The first number from 0 to 10 in it."""
        found = _DIGITS.search(_OF_TEN.sub("", self.text.lower()))
        if found:
            return int(found[1])
        if len(self.words) > _NUMBER_ALONE:
            return None
        return next((self._ear.numbers[word.plain] for word in self.words if word.plain in self._ear.numbers), None)

    @property
    def greets(self) -> bool:
        """Whether it begins with a greeting."""
        first = [word for word in self.words if word.clause == 0]
        return self._ear.wishes[Wish.GREETING].search(_joined(first)) is not None

    @property
    def is_number(self) -> bool:
        """Whether a number is all that it says."""
        return self.number is not None and len(self.words) <= _NUMBER_ALONE

    @property
    def is_garbled(self) -> bool:
        """Whether most of its words are no words of any language."""
        odd = sum(_is_odd(word.plain, self._locale) for word in self.words)
        return odd * 2 > len(self.words)

    @property
    def is_foreign(self) -> bool:
        """Whether it is in another language than those that are understood."""
        if len(self.words) < _FEWEST_FOREIGN or self.wish or self.themes:
            return False
        return Objection.LANGUAGE in Guard("", self._locale, "").objections(self.text)

    @property
    def says_little(self) -> bool:
        """Whether there is a whole thought, and nothing of it can be taken up."""
        return len(self.words) >= _THOUGHT and not self.themes and self.heard.phrase is None

    @property
    def is_own(self) -> bool:
        """Whether the person tells it of themselves."""
        words = [word.plain for word in self.words]
        if not self.heard.lexicon.first_person.isdisjoint(words):
            return True
        # Russian leaves out the "I": «купила велосипед», «учу испанский».
        did = bool(words) and _DID.search(words[0]) is not None
        return self._locale is Locale.RU and (did or any(map(first_person_verb, words)))

    @property
    def own_words(self) -> str | None:
        """Words of it that may be said back: those that may be quoted, or all of a short one."""
        if self.heard.phrase:
            return self.heard.phrase
        whole = self.text.strip().rstrip(".! ")
        banned = any(self.heard.lexicon.unquotable.fullmatch(word.plain) for word in self.words)
        short = 1 < len(self.words) <= _SHORT and len(whole) <= _LONGEST_QUOTED
        return whole if short and not banned and not self.wish and _SAYABLE.fullmatch(whole) else None


# The messages of a conversation are read again with each later one.
@lru_cache(maxsize=256)
def message(text: str, locale: Locale, *, crisis: bool = False) -> Message:
    """One message as the coach sees it. `locale` is its language if the text itself shows none."""
    return Message(text, locale, crisis=crisis)


def spoken(texts: Sequence[str], locale: Locale) -> Locale:
    """The language in which a person writes by now: that of their latest text that shows one."""
    for text in texts:
        locale = language_of(text, locale)
    return locale


def _joined(words: Iterable[Word]) -> str:
    return " ".join(word.plain for word in words)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _is_odd(word: str, locale: Locale) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    if len(letters) < _UNVOICED:
        return False
    if any(row[at : at + _RUN_OF_KEYS] in word for row in _ROWS for at in range(len(row) - _RUN_OF_KEYS + 1)):
        # "Property" and "вапоризатор" hold a row of keys by chance.
        return len(letters) <= _RUN_OF_KEYS * 2
    russian = any("а" <= letter <= "я" for letter in word)
    vowels = _VOWELS[Locale.RU if russian else Locale.EN]
    run = longest = 0
    for letter in letters:
        run = 0 if letter in vowels else run + 1
        longest = max(longest, run)
    return (
        longest == len(letters)
        or longest >= _RUN_OF_CONSONANTS
        or max(Counter(letters).values()) * 2 > len(letters) + 2
    )
