"""What is listened for in order to remember, a language each, read once from the YAML files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import count
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator

from activities.ai.offline.passage import plain_form, stem
from schema.base_model import Model
from schema.coaching.context import MemoryKind
from schema.vocabulary import Locale
from schema.yaml_files import read_packaged

# What stands after words of these lists in the text that rules read: lists of words in every rule are slow to compile.
_MARKS = {"~": "relations", "%": "jobs", "#": "ills"}
_BORDER = re.compile(r"(\{(?:R|JOB|ILL)\}\))\\b")
_GROUP = re.compile(r"\(\?P<([a-z]+)\d*>")
_NAME = r"\^?\w+"
_SHORTEST_STEM, _SHORTEST_TOPIC = 4, 3


def _split(text: object) -> object:
    return text.split() if isinstance(text, str) else text


Words = Annotated[list[str], BeforeValidator(_split)]


class RuleData(Model):
    """One sort of thing that is remembered."""

    patterns: list[str]
    kind: MemoryKind = "fact"
    one: bool = False
    """Whether only one of it is true at a time, so that a new one replaces it."""
    key: str = ""
    about: bool = False
    """Whether what it is about tells it from others of its sort."""
    negated: bool = False
    """Whether it may be said with a "not"."""
    modal: bool = False
    """Whether it may be said with a "would" or "maybe"."""


class MemoryData(Model):
    """One file."""

    empty: Words
    asking: Words
    short_forms: dict[str, str] = {}
    relations: Words
    same: list[Words]
    kinds: dict[str, Words] = {}
    """What somebody may call a thing by, and things of that kind: a dog is a pet."""
    before_relation: Words
    one_of: Words
    unreal: list[str]
    reported: list[str]
    not_reported: str
    unsure: list[str]
    negators: list[str]
    names: dict[str, str]
    asks: list[str]
    asked_slots: dict[str, str]
    forget: str
    forget_last: str
    forget_about: str
    not_forgetting: str
    points_back: str
    forget_anywhere: str
    forget_latest: str
    forget_told: str
    forget_words: Words
    corrects: str
    changed: str
    again_allowed: str
    rules: dict[str, RuleData]
    jobs: Words
    ills: Words


class Rule(NamedTuple):
    """One sort of thing, ready to be listened for."""

    name: str
    data: RuleData
    patterns: list[re.Pattern[str]]


class MemoryWords:
    """One language, ready to listen."""

    def __init__(self, data: MemoryData, locale: Locale) -> None:
        self.locale = locale
        self.data = data
        self._empty = frozenset(data.empty)
        self._same = {word: group[0] for group in data.same for word in group}
        self._topics = {_cut(word, locale): group[0] for group in data.same for word in group}
        self._kinds: dict[str, set[str]] = {}
        for kind, words in data.kinds.items():
            for word in words:
                self._kinds.setdefault(self.canonical(word), set()).add(self.canonical(kind))
        self.one_of = {self.canonical(word) for word in data.one_of}
        self.unreal, self.reported, self.unsure = _any_of(data.unreal), _any_of(data.reported), _any_of(data.unsure)
        self.own_words = _any_of([data.not_reported])
        self.negators = frozenset(data.negators)
        self.asks = _any_of(data.asks)
        self.asked_slots = {slot: re.compile(pattern) for slot, pattern in data.asked_slots.items()}
        self.forget, self.forget_last = re.compile(data.forget), re.compile(data.forget_last)
        self.forget_about, self.not_forgetting = re.compile(data.forget_about), re.compile(data.not_forgetting)
        self.forget_anywhere, self.forget_latest = re.compile(data.forget_anywhere), re.compile(data.forget_latest)
        self.forget_told = re.compile(data.forget_told)
        self.points_back = re.compile(data.points_back)
        self.of_forgetting = self.topics(" ".join(data.forget_words))
        self.changed = re.compile(data.changed)
        self.corrects, self.again_allowed = re.compile(data.corrects), re.compile(data.again_allowed)
        self.marks = {
            word: "".join(mark for mark, listed in _MARKS.items() if word in getattr(data, listed))
            for word in [*data.relations, *data.jobs, *data.ills]
        }
        self.of_asking = self.topics(" ".join(data.asking))
        """What every boundary speaks of, as stems."""
        before = f"(?:(?:{_one_of(data.before_relation)}) )*"
        adverbs = f"(?:(?:{_one_of(data.names['adverbs'].split())}) )*"
        possessive, pronouns = (
            (r"(?:my|our) ", r"(?P<pro>she|he|they)")
            if locale is Locale.EN
            else (r"(?:мо\w+ |наш\w* )?", r"(?P<pro>она|он|они)")
        )
        also = "and|but" if locale is Locale.EN else "и|а|но"
        own = "i|we" if locale is Locale.EN else "я|мы"
        subject = rf"(?:(?P<own>{own})|(?P<and>{also})|{possessive}{before}(?P<rel>[\w-]+~%?)(?: \^?\w+)?|{pronouns})"
        # In Russian the verb alone says "I".
        subject = rf"\b{subject} {adverbs}" if locale is Locale.EN else rf"(?:^|\b{subject} |(?<=, ))(?:— )?{adverbs}"
        places = {
            "S": subject,
            "B": before,
            "R": r"[\w-]+~%?",
            "N": _NAME,
            "A": adverbs,
            "M": r"\^?(?:" + _one_of(data.names["months"].split()) + ")",
            "JOB": r"\^?[\w-]+~?%",
            "ILL": r"\^?[\w-]+#",
        }
        self.rules = [
            Rule(name, rule, [_compiled(pattern, places) for pattern in rule.patterns])
            for name, rule in data.rules.items()
        ]

    def canonical(self, word: str) -> str:
        """One word for all that mean the same: "mother" for "mum"."""
        if word in self._same:
            return self._same[word]
        cut = _cut(word, self.locale)
        return self._topics.get(cut, cut)

    def kinds_of(self, topic: str) -> frozenset[str]:
        """Of what kinds a thing is, as stems: "pet" for "dog"."""
        return frozenset(self._kinds.get(topic, ()))

    def wider(self, text: str) -> frozenset[str]:
        """What a text is about, and of what kinds that is."""
        topics = self.topics(text)
        return topics | {kind for topic in topics for kind in self.kinds_of(topic)}

    def topics(self, text: str) -> frozenset[str]:
        """What a text is about: its words that mean something, as stems."""
        words = (plain_form(word) for word in re.findall(r"[^\W_]+(?:['-][^\W_]+)*", text.replace("’", "'")))
        stems = (
            _cut(word.removesuffix("'s"), self.locale)
            for word in words
            if word not in self._empty and (len(word) >= _SHORTEST_TOPIC or word.isdigit())
        )
        return frozenset(self._topics.get(each, each) for each in stems)


def _cut(word: str, locale: Locale) -> str:
    found = stem(word, locale)
    if (
        locale is Locale.RU
        and len(found) <= _SHORTEST_STEM
        and word[-1] in "аеиоуыэюяй"
        and len(word) > _SHORTEST_TOPIC - 1
    ):
        # The stemmer leaves short names as they are: «Аня», «Аню».
        return word.rstrip("аеиоуыэюяйь") or word
    return found


def _one_of(words: Iterable[str]) -> str:
    # The longest first, or "mother" would hide "mother-in-law".
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_marked(pattern)})" for pattern in patterns))


def _marked(pattern: str) -> str:
    """The pattern with marks as parts of words."""
    return pattern.replace(r"\w+", r"[\w~%#]+").replace(r"[\w-]+", r"[\w~%#-]+")


def _compiled(pattern: str, places: Mapping[str, str]) -> re.Pattern[str]:
    # A mark is no letter, so a border of a word does not follow it.
    pattern = _BORDER.sub(r"\1(?![\\w~%#-])", _marked(pattern))
    for name, text in places.items():
        pattern = pattern.replace("{" + name + "}", text if name == "S" else f"(?:{text})")
    number = count()
    # A group may stand in a pattern several times; Python wants each name once.
    return re.compile(_GROUP.sub(lambda found: f"(?P<{found[1]}_{next(number)}>", pattern))


@cache
def memory_words(locale: Locale) -> MemoryWords:
    """The words of a language, read and compiled once."""
    return MemoryWords(MemoryData.model_validate(read_packaged(__package__, f"memory_{locale}.yaml")), locale)
