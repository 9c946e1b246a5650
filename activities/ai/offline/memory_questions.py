"""What a person asks the coach about what they have told it, and which of their own words answer that, by rules.

A false answer is worse than none: of a name, a date or a number only words count that hold one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from activities.ai.offline.forgetting import forgetting_asked
from activities.ai.offline.memory_reading import Sentence, sentences, told_in
from activities.ai.offline.memory_words import MemoryWords, Words, memory_words
from activities.ai.offline.passage import Word, plain_form
from activities.ai.offline.reflection import heard
from schema.base_model import Model
from schema.vocabulary import Locale
from schema.yaml_files import read_packaged
from workflows.analysis.rules.text_features import language_of
from workflows.safety.rules.levels import danger_in

_HALF, _LEAST, _PERHAPS_MEANT = 0.5, 0.01, 0.9
_BESIDE = 0.01
"""Of two messages, that one fits better which speaks of more of it, be it beside the sentence."""
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
_QUOTED_WHOLE, _FRAGMENT, _NEXT, _NAME_WITHIN, _OWNERS = 25, 2, 10, 4, 2
"""Words: of a message that is quoted whole, of a name that stands alone, of a sentence that tells the date of the one
before, up to a name, and before something of somebody's."""
_TITLE = re.compile(r"[«“\"]([A-ZА-ЯЁ][\w-]*)(?: [\w-]+){0,3}[»”\"]")
_QUOTES = re.compile('[«“"]')
_OWN = frozenset({"i", "i've", "ive", "my", "our", "we"})


class Wants(StrEnum):
    """What an answer has to hold."""

    FAILED = "failed"
    """Which step did not work."""
    PROBLEM = "problem"
    """What they came with."""
    GOAL = "goal"
    BOUNDARY = "boundary"
    NAME = "name"
    DECISION = "decision"
    PLACE = "place"
    TOLD = "told"
    """When something was told, which every answer says."""
    DATE = "date"
    AGE = "age"
    NUMBER = "number"


_OF_THE_TALK = frozenset({Wants.FAILED, Wants.PROBLEM})
_PLAINLY_TOLD = frozenset({Wants.NAME, Wants.DATE, Wants.AGE})
"""What also a sentence tells that may be a joke: "The dog is Borshch. He is red, of course"."""


class Question(NamedTuple):
    """What is asked."""

    about: frozenset[str]
    """As stems."""
    wants: Wants | None
    plain: bool
    """Whether it asks for nothing but that: without an answer, the coach says that it has none."""
    newest: bool
    """Whether it asks how things are now."""
    slots: frozenset[str]
    """What it asks of the person themselves, as memories name it: `home`, `work`."""
    first: bool = False
    """Whether it asks how things were in the beginning."""
    of_others: bool = False
    """Whether it asks what somebody else said."""
    of_telling: bool = False
    """Whether it asks for all that was told of something, and not for one thing about it."""


class Answering(NamedTuple):
    """Words of a message that answer a question."""

    text: str
    fits: float
    """Which part of what is asked they speak of."""


class _Data(Model):
    longest: int
    explicit: str
    about_self: str
    plain: str
    begins: str
    not_memory: str
    drop: Words
    wants: dict[Wants, str]
    newest: str
    first: str
    of_others: str
    of_telling: str
    ended: str
    problem: str
    goal: str
    date: str
    decision: str
    place: str
    months: Words
    number: str
    boundary: str
    between: Words
    mine: Words
    others: Words


class _Book:
    """One language, ready to listen."""

    def __init__(self, data: _Data, locale: Locale) -> None:
        self.words: MemoryWords = memory_words(locale)
        self.longest = data.longest
        self.explicit, self.about_self = re.compile(data.explicit), re.compile(data.about_self)
        self.plain, self.not_memory = re.compile(data.plain), re.compile(data.not_memory)
        self.begins = re.compile(data.begins)
        self.newest, self.first = re.compile(data.newest), re.compile(data.first)
        self.of_others, self.of_telling = re.compile(data.of_others), re.compile(data.of_telling)
        self.ended = re.compile(data.ended)
        self.wants = {wants: re.compile(pattern) for wants, pattern in data.wants.items()}
        months = r"\^?(?:" + "|".join(data.months) + ")"
        self.holds = {
            Wants.DATE: re.compile(data.date.replace("{M}", months)),
            Wants.NUMBER: re.compile(data.number),
            Wants.BOUNDARY: re.compile(data.boundary),
            Wants.DECISION: re.compile(data.decision),
            Wants.PLACE: re.compile(data.place),
            Wants.PROBLEM: re.compile(data.problem),
            Wants.GOAL: re.compile(data.goal),
        }
        self.relations = self.words.topics(" ".join(self.words.data.relations))
        self.drop = self.words.topics(" ".join(data.drop))
        self.months, self.others = frozenset(data.months), frozenset(data.others)
        self.between = frozenset(data.between) | frozenset(self.words.data.before_relation)
        self.mine = frozenset(data.mine) | frozenset(self.words.data.before_relation)


@cache
def _book(locale: Locale) -> _Book:
    return _Book(_Data.model_validate(read_packaged(__package__, f"memory_questions_{locale}.yaml")), locale)


@lru_cache(maxsize=256)
def question_in(text: str, locale: Locale) -> Question | None:
    """What a message asks about what was told; None if nothing."""
    locale = language_of(text, locale)
    book = _book(locale)
    read = [sentence for sentence, _ in sentences(heard(text, locale))]
    if not read or sum(len(sentence.words) for sentence in read) > book.longest:
        return None
    asking = [sentence for sentence in read if sentence.is_question] or read
    # What somebody else asked, in quotes, is nothing that the person asks.
    own = [sentence for sentence, _ in sentences(heard(_QUOTED.sub(" ", text), locale))]
    plain = " ".join(re.sub(r"[\^~%#]", "", sentence.plain) for sentence in own)
    wants = next((each for each in Wants if each in book.wants and book.wants[each].search(plain)), None)
    explicit = bool(book.explicit.search(plain)) or bool(book.words.asks.search(plain)) or wants in _OF_THE_TALK
    if not explicit and (book.not_memory.search(plain) or not book.about_self.search(plain)):
        return None
    asked = any(sentence.is_question and not _QUOTES.match(sentence.text) for sentence in read)
    begun = any(book.begins.search(re.sub(r"[\^~%#]", "", sentence.plain)) for sentence in read)
    if not (asked or begun) or forgetting_asked(text, locale):
        return None
    about = frozenset(topic for sentence in asking for topic in book.words.topics(sentence.text))
    return Question(
        about=about - book.drop,
        wants=wants,
        plain=explicit or bool(book.plain.search(plain)),
        newest=bool(book.newest.search(plain)),
        slots=frozenset(slot for slot, asked in book.words.asked_slots.items() if asked.search(plain)),
        first=bool(book.first.search(plain)),
        of_others=bool(book.of_others.search(plain)),
        of_telling=bool(book.of_telling.search(plain)),
    )


def names_in(question: Question, text: str, locale: Locale) -> frozenset[str]:
    """How those are called, as stems, of whom a question asks: "Danylo" for "my son"."""
    locale = language_of(text, locale)
    book = _book(locale)
    about = question.about & book.relations
    if not about:
        return frozenset()
    of_them = question._replace(about=about)
    read = [sentence for sentence, meant in sentences(heard(text, locale)) if meant and not sentence.is_question]
    names = (name for sentence in read for name in _names(of_them, sentence, None, book))
    return frozenset(topic for name in names for topic in book.words.topics(name))


def answer_in(question: Question, text: str, locale: Locale, names: frozenset[str] = frozenset()) -> Answering | None:
    """The words of a message that answer a question; None if there are none.

    `names` are those of whom it asks, as `names_in` finds them.
    """
    locale = language_of(text, locale)
    book = _book(locale)
    read = list(sentences(heard(text, locale)))
    if forgetting_asked(text, locale):
        return None
    best: Answering | None = None
    for at, (sentence, meant) in enumerate(read):
        if not (meant or question.wants in _PLAINLY_TOLD) or not _is_told(sentence, question, book):
            continue
        after = read[at + 1][0] if at + 1 < len(read) and _goes_on(question, sentence, read[at + 1][0]) else None
        fits = _fits(question, sentence, after, book, names) * (1 if meant else _PERHAPS_MEANT)
        # Of how things are now, the later word counts.
        if fits and (best is None or fits > best.fits or (question.slots and fits == best.fits)):
            whole = sum(len(each.words) for each, _ in read) <= _QUOTED_WHOLE
            words = " ".join([sentence.text, *([after.text] if after else [])])
            best = Answering(" ".join((text if whole else words).split()).rstrip(".…"), fits)
    return best and best._replace(fits=best.fits + _BESIDE * _share(question, book.words.topics(text), names, book))


def _share(question: Question, topics: frozenset[str], names: frozenset[str], book: _Book) -> float:
    """Which part of what is asked a text speaks of, by name or not."""
    shared = question.about & topics | (question.about & book.relations if names & topics else frozenset())
    return len(shared) / len(question.about) if question.about else 0.0


def overtakes(question: Question, text: str, locale: Locale, answer: str) -> Answering | None:
    """The words of a later message that end what an answer says: "no more long haul"; None where none do."""
    if question.first or not (question.newest or question.wants in (Wants.NUMBER, Wants.AGE, Wants.DATE)):
        return None
    locale = language_of(text, locale)
    book = _book(locale)
    said = book.words.topics(answer)
    for sentence, meant in sentences(heard(text, locale)):
        if not meant or sentence.is_question or danger_in(sentence.text):
            continue
        for found in book.ended.finditer(sentence.plain):
            ended = book.words.topics(next(part for part in found.groups() if part))
            if ended and ended <= said:
                return Answering(" ".join(text.split()).rstrip(".…"), 1.0)
    return None


def _goes_on(question: Question, sentence: Sentence, after: Sentence) -> bool:
    """Whether the next sentence belongs to the one before: a date to what it is about, a name to who has it."""
    if question.wants is Wants.DATE:
        return not after.is_question and len(after.words) <= _NEXT
    # Who begins sentences in lower case writes only names with capitals.
    named = not sentence.text[0].isupper() or len(after.words) == _FRAGMENT
    return question.wants is not Wants.NAME or (named and len(after.words) <= _FRAGMENT)


def _is_told(sentence: Sentence, question: Question, book: _Book) -> bool:
    """Whether a sentence says how something is. What others say tells at least how they are called."""
    words, plain = book.words, sentence.plain
    if question.wants is Wants.BOUNDARY and book.holds[Wants.BOUNDARY].match(plain):
        # "Don't ask me about it, okay?"
        return not danger_in(sentence.text)
    if sentence.is_question or words.unreal.search(plain) or danger_in(sentence.text):
        return False
    if words.forget.search(plain) or words.asks.search(plain):
        return False
    if question.wants in (Wants.NAME, Wants.BOUNDARY) or question.of_others:
        return True
    return not (words.reported.search(words.own_words.sub("", plain)) or words.unsure.search(plain))


def _fits(question: Question, sentence: Sentence, after: Sentence | None, book: _Book, names: frozenset[str]) -> float:
    both = sentence.plain + (f", {after.plain}" if after else "")
    text = sentence.text + (f" {after.text}" if after else "")
    topics, wider = book.words.topics(text), book.words.wider(text)
    shared = frozenset(topic for topic in question.about if topic in wider or book.words.kinds_of(topic) & topics)
    if names & topics:
        shared |= question.about & book.relations
    share = len(shared) / len(question.about) if question.about else 0.0
    if question.wants is Wants.BOUNDARY:
        return (share or _LEAST) if book.holds[Wants.BOUNDARY].search(sentence.plain) else 0.0
    if question.wants is Wants.PROBLEM:
        return 1.0 if book.holds[Wants.PROBLEM].search(sentence.plain) else 0.0
    if question.wants is Wants.GOAL:
        told = {found.kind for found in told_in(sentence.text, book.words.locale)}
        is_goal = "goal" in told or book.holds[Wants.GOAL].search(sentence.plain)
        return (share or _LEAST) if is_goal else 0.0
    if question.slots:
        slots = {slot for found in told_in(sentence.text, book.words.locale) for slot in found.slots}
        if slots & {f"me.{slot}" for slot in question.slots}:
            return 1.0
        if question.wants is not Wants.PLACE:
            return 0.0
    whole = question.of_telling or question.wants is Wants.TOLD
    if not shared or share < _HALF or (whole and share == _HALF):
        return 0.0
    if question.wants is Wants.NAME:
        return share if any(True for _ in _names(question, sentence, after, book)) else 0.0
    if question.wants is Wants.AGE:
        return share if _has_number(sentence, question.about | names, book) else 0.0
    if question.wants is Wants.DATE:
        both = " ".join(word for word in both.split() if not book.words.topics(word) & question.about)
    holds = book.holds.get(question.wants) if question.wants else None
    return share if holds is None or holds.search(both) else 0.0


def _has_number(sentence: Sentence, about: frozenset[str], book: _Book) -> bool:
    """Whether a number follows what is asked about: "Danylo is 12 now"."""
    words = sentence.words
    near = (
        word
        for at, each in enumerate(words)
        if book.words.topics(each.plain) & about
        for word in words[at + 1 : at + 4]
    )
    return any(book.holds[Wants.NUMBER].search(word.plain) for word in near)


def _names(question: Question, sentence: Sentence, after: Sentence | None, book: _Book) -> Iterator[str]:
    """The names that stand beside what is asked about."""
    words = sentence.words
    for at, word in enumerate(words):
        named = book.words.topics(word.plain)
        kinds = frozenset(kind for topic in named for kind in book.words.kinds_of(topic))
        asked = frozenset(kind for topic in question.about for kind in book.words.kinds_of(topic))
        if not ((named | kinds) & question.about or named & asked) or not _is_own(sentence, at, book):
            continue
        for following in words[at + 1 : at + 1 + _NAME_WITHIN]:
            if _is_name(sentence, following, question, book):
                yield following.plain
            elif following.plain not in book.between and not book.words.topics(following.plain) & question.about:
                break
        # "My mother helps, Nina Petrovna": a clause of nothing but a name.
        for clause in {following.clause for following in words[at + 1 :]} - {word.clause}:
            alone = [each for each in words if each.clause == clause]
            if len(alone) <= _FRAGMENT and alone[0] is not words[-1] and clause == word.clause + 1:
                yield from (each.plain for each in alone if all(_is_name(sentence, n, question, book) for n in alone))
        # The first word of a sentence has a capital anyway.
        if at > 1 and words[at - 1].clause == word.clause and _is_name(sentence, words[at - 1], question, book):
            yield words[at - 1].plain
    # "The band is «Doshirak» now".
    if not question.about & book.relations and (title := _TITLE.search(sentence.text)):
        yield title[1]
    if after and all(_is_name(after, word, question, book) for word in after.words):
        yield after.words[0].plain


def _is_own(sentence: Sentence, at: int, book: _Book) -> bool:
    """Whether it is the person's own, and not somebody else's: "her sister"."""
    words = sentence.words
    clause = [word for word in words[:at] if word.clause == words[at].clause]
    before = clause[-1].plain if clause else ""
    if book.words.locale is Locale.RU:
        # «У Рустама собака», «Лерина сестра».
        owned = any(_is_capital(sentence, word) for word in clause[-_OWNERS:] if word is not words[0])
        return before not in book.others and not owned
    said = {word.plain for word in clause}
    return not before or before in book.mine or bool(said & _OWN)


def _is_name(sentence: Sentence, word: Word, question: Question, book: _Book) -> bool:
    if not _is_capital(sentence, word) or plain_form(word.plain) in book.months:
        return False
    return not book.words.topics(word.plain) & question.about and word.plain not in ("i", "i'm", "i've", "i'd", "i'll")


def _is_capital(sentence: Sentence, word: Word) -> bool:
    """Whether a word begins with a capital, and does not shout."""
    return sentence.spelling_of(word).replace("’", "'").removesuffix("'s").istitle()
