"""What a message tells that is worth remembering, in the person's own words, by rules.

Rather nothing than something wrong: a question, a hypothesis, a joke, a quotation and what others say tell nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from activities.ai.offline.memory_words import MemoryWords, Rule, memory_words
from activities.ai.offline.passage import Word
from activities.ai.offline.reflection import Heard, heard
from schema.coaching.context import MemoryKind
from schema.coaching.memory import LONGEST_MEMORY
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import language_of
from workflows.safety.rules.levels import danger_in

# Words: of a sentence that is kept whole, of a part that says too little, and of the longest that is kept.
_WHOLE, _FEWEST, _MOST = 18, 3, 32
_REACH = 2
_SHORT_NAME = 4
"""Letters."""
_TOPIC_WORDS = 3
_JOINS = frozenset({"and", "but", "и", "а", "но"})
_TOPIC_ENDS = re.compile(r" (?:and|but|because|when|while|и|а|но|потому|когда)\b|,")
_QUOTED = re.compile(r"[«“„\"][^»”“\"]*[»”\"]")
_UNFIT = re.compile(
    r"https?:|www\.|@|[<>{}\[\]]|\d[\d\s().-]{6,}\d"
    # An order to the coach is no fact about the person.
    r"|\b(?:coach|bot|assistant) (?:must|should|has to|always|never)\b|\b(?:коуч|бот|ассистент)\w* (?:обязан|долж)",
    re.IGNORECASE,
)
_TAG = re.compile(r",\s*(?:ok|okay|alright|please|pls|ок|окей|ладно|хорошо|пожалуйста|плиз)\s*\?+\s*$", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")


@dataclass(frozen=True)
class Found:
    """One thing that a message tells."""

    slots: frozenset[str]
    """What it is about, such as `me.home` or `sister.name`: of some, one thing is true at a time."""
    one: frozenset[str]
    """Those of them."""
    kind: MemoryKind
    text: str
    """The person's words, as they stand."""
    likes: bool | None = None
    """Of a taste: whether it is liked."""


def _spelled(word: Word) -> str:
    """The word written out: "i am" for "i'm"."""
    return memory_words(Locale.EN).data.short_forms.get(word.plain, word.plain)


@dataclass(frozen=True)
class _Hit:
    rule: Rule
    subject: str
    topic: str
    words: range
    likes: bool | None


class Sentence:
    """One sentence as rules read it: its words, with signs for capitals and the borders of clauses."""

    def __init__(self, text: str, words: Sequence[Word], start: int, end: int, marks: Mapping[str, str]) -> None:
        self.text = text[start:end].strip()
        self._whole = text
        self.words = words
        # "Don't ask me about it, okay?" asks nothing.
        self.is_question = text[start:end].rstrip().rstrip('»”")').endswith("?") and not _TAG.search(text[start:end])
        self.plain = ""
        self._places: list[tuple[int, int]] = []
        clause = words[0].clause if words else 0
        for at, word in enumerate(words):
            if word.clause != clause:
                gap = text[words[at - 1].end : word.start]
                self.plain += "— " if "—" in gap or " - " in gap or "–" in gap else ", "
                clause = word.clause
            self._places.append((len(self.plain), at))
            capital = at > 0 and text[word.start].isupper() and word.plain not in ("i", "i'm", "i've", "i'd", "i'll")
            # "I RESIGNED" names nobody; "NHS" may be a name.
            capital = capital and not (len(word.plain) > _SHORT_NAME and text[word.start : word.end].isupper())
            spelled = _spelled(word)
            if spelled.endswith("'s") and " " not in spelled:
                spelled = spelled[:-2] + " 's"
            mark = marks.get(word.plain.removesuffix("'s"), "")
            if mark and spelled.endswith(" 's"):
                spelled = spelled.replace(" 's", f"{mark} 's")
                mark = ""
            self.plain += ("^" if capital else "") + spelled + mark + " "
        self.plain = self.plain.rstrip()

    def spelling_of(self, word: Word) -> str:
        """A word as it stands, with its capitals."""
        return self._whole[word.start : word.end]

    def within(self, start: int, end: int) -> range:
        """The words in a part of the plain text."""
        inside = [at for place, at in self._places if start <= place < end]
        before = [at for place, at in self._places if place <= start]
        first = before[-1] if before else 0
        return range(min([first, *inside[:1]]), (inside[-1] if inside else first) + 1)


def sentences(said: Heard) -> Iterator[tuple[Sentence, bool]]:
    """The sentences of a message, each with whether it is meant."""
    text, marks = said.passage.text, memory_words(said.passage.locale).marks
    for part in _SENTENCE.finditer(text):
        words = [word for word in said.passage.words if part.start() <= word.start < part.end()]
        if words:
            yield (
                Sentence(text, words, part.start(), part.end(), marks),
                words[0].sentence not in said.circumstances.unmeant,
            )


# The same memories are read again with each message.
@lru_cache(maxsize=1024)
def told_in(text: str, locale: Locale) -> tuple[Found, ...]:
    """What a message tells, in its order. `locale` is its language if the text itself shows none."""
    said = heard(text, language_of(text, locale))
    book = memory_words(said.passage.locale)
    found: list[Found] = []
    last: tuple[str, Sentence] | None = None
    for sentence, meant in sentences(said):
        named = _relation_in(sentence, book)
        if meant and _is_told(sentence, book):
            hits = _hits(sentence, book, last[0] if last else None)
            found += _pieces(sentence, hits, said, last)
        last = (named, sentence) if named else last
    return tuple(found)


def _is_told(sentence: Sentence, book: MemoryWords) -> bool:
    plain = sentence.plain
    reported = book.own_words.sub("", plain)
    return not (
        sentence.is_question
        or book.unreal.search(plain)
        or book.reported.search(reported)
        or book.asks.search(plain)
        or book.forget.search(plain)
        or _UNFIT.search(sentence.text)
        or danger_in(sentence.text)
    )


def _hits(sentence: Sentence, book: MemoryWords, antecedent: str | None) -> list[_Hit]:
    quoted = [found.span() for found in _QUOTED.finditer(sentence.text)]
    offset = sentence.words[0].start
    hits: list[_Hit] = []
    for rule in book.rules:
        for match in (match for pattern in rule.patterns for match in pattern.finditer(sentence.plain)):
            words = sentence.within(*match.span())
            place = sentence.words[words.start].start - offset
            if any(start <= place < end for start, end in quoted):
                continue
            if not rule.data.negated and _is_negated(sentence, words, book):
                continue
            if not rule.data.modal and book.unsure.search(_around(sentence, words)):
                continue
            groups = {name.rsplit("_", 1)[0]: text.rstrip("~%#") for name, text in match.groupdict().items() if text}
            subject = groups.get("rel") or (
                antecedent if "pro" in groups else _before(words, hits) if "and" in groups else "me"
            )
            # Nobody knows who "she" is.
            if subject is None or any(set(words) & set(hit.words) for hit in hits if hit.rule is rule):
                continue
            topic = _TOPIC_ENDS.split(groups.get("what", ""))[0] if rule.data.about else ""
            likes = True if "likes" in groups else False if "hates" in groups else None
            about = " ".join(sorted(book.topics(topic))[:_TOPIC_WORDS])
            hits.append(_Hit(rule, "me" if subject == "me" else book.canonical(subject), about, words, likes))
    return hits


def _before(words: range, hits: Sequence[_Hit]) -> str | None:
    """Who does what stands before an "and"."""
    earlier = [hit for hit in hits if hit.words.start < words.start]
    return max(earlier, key=lambda hit: hit.words.start).subject if earlier else None


def _is_negated(sentence: Sentence, words: range, book: MemoryWords) -> bool:
    near = range(max(0, words.start - _REACH), words.stop)
    clause = sentence.words[words.start].clause
    spelled = (_spelled(sentence.words[at]) for at in near if sentence.words[at].clause == clause)
    return any(part in book.negators for word in spelled for part in word.split())


def _around(sentence: Sentence, words: range) -> str:
    """The clauses in which the words stand."""
    clauses = {sentence.words[at].clause for at in words}
    return " ".join(_spelled(word) for word in sentence.words if word.clause in clauses)


def _relation_in(sentence: Sentence, book: MemoryWords) -> str | None:
    known = set(book.data.relations)
    named = [book.canonical(word.plain) for word in sentence.words if word.plain in known]
    # Of two, nobody knows which one "she" is.
    return named[0] if len(set(named)) == 1 else None


def _pieces(
    sentence: Sentence, hits: Sequence[_Hit], said: Heard, last: tuple[str, Sentence] | None
) -> Iterator[Found]:
    """What the hits tell: one memory for what stands in the same words."""
    if not hits:
        return
    for part, together in _parts(sentence, hits):
        text = " ".join(said.passage.text[sentence.words[part.start].start : sentence.words[part.stop - 1].end].split())
        subject = together[0].subject
        if last and subject == last[0] and not _names(subject, sentence, said):
            text = f"{last[1].text} {text}"
        if len(part) <= _MOST and len(text) <= LONGEST_MEMORY:
            yield _found(together, text)


def _parts(sentence: Sentence, hits: Sequence[_Hit]) -> Iterator[tuple[range, list[_Hit]]]:
    """The sentence, cut where one thing ends and another begins; of a long one only the clauses that tell something."""
    words = sentence.words
    cuts = [0]
    for at in range(1, len(words)):
        if words[at].clause == words[at - 1].clause and words[at].plain not in _JOINS:
            continue
        crossed = any(hit.words.start < at < hit.words.stop for hit in hits)
        left = {(hit.rule.name, hit.topic) for hit in hits if cuts[-1] <= hit.words.start < at}
        right = {(hit.rule.name, hit.topic) for hit in hits if hit.words.start >= at}
        if not crossed and left and right - left:
            cuts.append(at)
    for start, stop in pairwise([*cuts, len(words)]):
        together = [hit for hit in hits if start <= hit.words.start < stop]
        if together and stop - start > _WHOLE:
            first = min(hit.words.start for hit in together)
            last = max(hit.words.stop for hit in together)
            while first > start and words[first - 1].clause == words[first].clause:
                first -= 1
            while last < stop and (words[last].clause == words[last - 1].clause or last - first < _FEWEST):
                last += 1
        else:
            first, last = start, stop
        while last - first > 1 and first > 0 and words[first].plain in _JOINS:
            first += 1
        if together:
            yield range(first, last), together


def _names(subject: str, sentence: Sentence, said: Heard) -> bool:
    book = memory_words(said.passage.locale)
    return any(book.canonical(word.plain) == subject for word in sentence.words)


def _found(hits: Sequence[_Hit], text: str) -> Found:
    slots, one = set[str](), set[str]()
    kinds = [hit.rule.data.kind for hit in hits]
    for hit in hits:
        name = hit.rule.name.removesuffix("-dropped")
        slot = f"{hit.subject}.{name}" + (f":{hit.topic}" if hit.topic else "")
        slots.add(slot)
        if hit.rule.data.one:
            one.add(slot)
    order: tuple[MemoryKind, ...] = ("boundary", "goal", "preference", "fact", "person")
    tastes = [hit.likes for hit in hits if hit.likes is not None]
    return Found(
        slots=frozenset(slots),
        one=frozenset(one),
        kind=next(kind for kind in order if kind in kinds),
        text=text,
        likes=tastes[0] if tastes else None,
    )
