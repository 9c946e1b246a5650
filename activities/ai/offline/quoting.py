"""Chooses the words of an answer that are quoted: by a reflection, those around a marker as evidence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from activities.ai.offline.lexicon import Lexicon
from activities.ai.offline.mood import MoodReading
from activities.ai.offline.passage import Passage, Word

LONGEST = 8
"""Words in a quote."""
_LONGEST_CHARACTERS = 70

# Letters of the two languages only: no digits (a telephone number), nothing that changes the reading direction.
_QUOTABLE_WORD = re.compile(r"[a-zß-öø-ÿа-я]+(?:['-][a-zß-öø-ÿа-я]+)*")
_QUOTABLE_GAP = re.compile(r" {1,2}|, ?| [-–—] ")
_TELLING, _OF_TRAIT, _FIRST_PERSON, _AGAINST = 0.8, 0.7, 0.5, -0.5
# By number of words: a phrase of three to six reads best.
_LENGTH = (0, -1.6, -0.4, 0, 0.1, 0.1, 0, -0.3, -0.6)
_OPENER = -0.8
# Words: of a quote from a long answer, of a long answer, and of a thought that is worth a quote by itself.
_ENOUGH_WORDS, _LONG, _WHOLE = 3, 8, 4
# Any other quote has to hold one word of a feeling, of a trait, or of what people hold dear.
_WORTH = 0.7


# Words of a quote that carries a piece of evidence, and those below which a clause says too little by itself.
_LONGEST_EVIDENCE, _SHORTEST_EVIDENCE = 15, 3
# Words kept before a marker in a long clause: its subject, and what may negate it.
_BEFORE_MARKER = 7


@dataclass(frozen=True)
class Quote:
    """Words of a person that a reflection may quote."""

    text: str
    """In the person's own spelling, whole words."""
    bears_mood: bool
    """Whether these words carry the mood of the whole answer."""


def telling_quote(passage: Passage, reading: MoodReading, lexicon: Lexicon, others: Collection[int]) -> Quote | None:
    """The best quote, at most eight words in a row; None if nothing may be quoted."""
    values = _values(passage, reading, lexicon)
    best: tuple[float, str, range] | None = None
    for sentence in _sentences(passage, lexicon):
        for score, start, end in _candidates(passage, sentence, values, lexicon):
            if score > (best[0] if best else 0) and not _lacks_its_subject(passage.words, start, others, lexicon):
                phrase = " ".join(passage.text[passage.words[start].start : passage.words[end - 1].end].split())
                if len(phrase) <= _LONGEST_CHARACTERS:
                    best = score, phrase, range(start, end)
    if best is None:
        return None
    return Quote(best[1], any(reading.leans(weight) for at, weight in reading.weights.items() if at in best[2]))


def _values(passage: Passage, reading: MoodReading, lexicon: Lexicon) -> list[float]:
    """The value of each word for a quote."""
    words = passage.words
    values = [_FIRST_PERSON if word.plain in lexicon.first_person else 0.0 for word in words]
    for telling in lexicon.telling.find(words):
        values[telling.end - 1] += _TELLING
    for personal in lexicon.personal.find(words):
        values[personal.end - 1] += _OF_TRAIT
    for at, weight in reading.weights.items():
        # A joyful aside is not the subject of a dark answer.
        values[at] += abs(weight) if reading.leans(weight) else _AGAINST
    return values


def _sentences(passage: Passage, lexicon: Lexicon) -> Iterator[range]:
    """Runs of quotable words, separated only by blanks, commas and dashes."""
    words, start = passage.words, 0
    for at in range(1, len(words) + 1):
        if at == len(words) or not _QUOTABLE_GAP.fullmatch(passage.text, words[at - 1].end, words[at].start):
            # A question that is quoted as a statement says something else.
            asked = passage.text[words[at - 1].end :].lstrip().startswith("?")
            if not asked and not any(lexicon.unquotable.fullmatch(word.plain) for word in words[start:at]):
                yield range(start, at)
            start = at


def _candidates(
    passage: Passage, sentence: range, values: Sequence[float], lexicon: Lexicon
) -> Iterator[tuple[float, int, int]]:
    words = passage.words
    sums = [0.0, *accumulate(values[sentence.start : sentence.stop])]
    starts = {at: bonus for at in sentence if (bonus := _start_bonus(words, at, sentence, lexicon)) is not None}
    ends = {at + 1: bonus for at in sentence if (bonus := _end_bonus(words, at + 1, sentence, lexicon)) is not None}
    for start, start_bonus in starts.items():
        for end in range(start + 1, min(start + LONGEST, sentence.stop) + 1):
            if not _QUOTABLE_WORD.fullmatch(words[end - 1].plain):
                break
            # What "it" or "them" stands for is left outside.
            if words[end - 1].plain in lexicon.pointing:
                break
            if end - start < _ENOUGH_WORDS and len(words) > _LONG:
                continue
            # «Когда рисую» is half a thought.
            half = words[start].plain in lexicon.openers and words[start].clause == words[end - 1].clause
            # So is «сейчас, если не спится».
            half = half or any(
                words[at].plain in lexicon.openers and words[at].clause == words[end - 1].clause
                for at in range(start + 1, min(start + _ENOUGH_WORDS, end))
            )
            if end in ends and (end == sentence.stop or not half):
                value = sums[end - sentence.start] - sums[start - sentence.start]
                own = sum(word.plain in lexicon.first_person for word in words[start:end])
                if value - own * _FIRST_PERSON < _WORTH and not _says_something(words[start:end], lexicon):
                    continue
                yield min(value, 6) + start_bonus + ends[end] + _LENGTH[end - start], start, end


def _lacks_its_subject(words: Sequence[Word], start: int, others: Collection[int], lexicon: Lexicon) -> bool:
    """Whether a quote begins with what somebody does who is named before it: "swears along with me"."""
    clause = [at for at in range(start, len(words)) if words[at].clause == words[start].clause]
    return set(clause) <= set(others) and not any(words[at].plain in lexicon.others for at in clause)


def _says_something(words: Sequence[Word], lexicon: Lexicon) -> bool:
    """Whether words without a feeling, a trait or anything dear are a whole thought, and not one of knowing nothing."""
    return len(words) >= _WHOLE and not lexicon.unsure.fullmatch(" ".join(word.plain for word in words))


def _start_bonus(words: Sequence[Word], at: int, sentence: range, lexicon: Lexicon) -> float | None:
    """How naturally a quote begins with word `at`; None when it can't."""
    word = words[at].plain
    if word in lexicon.never_first or (word in lexicon.conjunctions and word not in lexicon.openers):
        return None
    opener = _OPENER if word in lexicon.openers else 0.0
    if at == sentence.start:
        return 0.4 + opener
    before = words[at - 1]
    if before.clause != words[at].clause:
        # «…, with all its burns» is a piece of a thought.
        return None
    if before.plain not in lexicon.conjunctions or before.plain in lexicon.openers:
        return None
    # «Пока не отпустит» means the opposite without its first word.
    if before.plain in lexicon.reversals - lexicon.coordinators:
        return None
    # «…, но мне одиноко» stands alone; «… и сказал» has lost its subject.
    after_comma = at - 1 == sentence.start or words[at - 2].clause != before.clause
    return opener + 0.2 if after_comma else None


def _end_bonus(words: Sequence[Word], end: int, sentence: range, lexicon: Lexicon) -> float | None:
    """How naturally a quote ends before word `end`; None when it can't."""
    if words[end - 1].plain in lexicon.never_last:
        return None
    following = words[end].plain if end < len(words) else ""
    # What comes next may take back what stands here: "I am a daughter. No longer a daughter."
    if following in lexicon.reversals:
        return None
    if end == sentence.stop:
        return 0.5
    ends_clause = words[end].clause != words[end - 1].clause
    return 0.2 if ends_clause and following not in lexicon.conjunctions - lexicon.coordinators else None


def words_around(words: Sequence[Word], start: int, end: int, lexicon: Lexicon) -> range:
    """The words that carry the marker from `start` to `end`: its clause, or as much of it as a quote may hold."""
    first, last = start, end
    while first > 0 and words[first - 1].clause == words[start].clause:
        first -= 1
    while last < len(words) and words[last].clause == words[end - 1].clause:
        last += 1
    # A clause of a word or two, or one that begins in mid-thought, says little without the one before.
    while first > 0 and words[first - 1].sentence == words[start].sentence:
        leans = last - first < _SHORTEST_EVIDENCE or words[first].plain in lexicon.conjunctions
        before = first - 1
        while before > 0 and words[before - 1].clause == words[before].clause:
            before -= 1
        if not leans or last - before > _LONGEST_EVIDENCE:
            break
        first = before
    if last - first > _LONGEST_EVIDENCE:
        first = max(first, start - _BEFORE_MARKER)
        last = max(end, min(last, first + _LONGEST_EVIDENCE))
        while last > end and words[last - 1].plain in lexicon.never_last | lexicon.pointing:
            last -= 1
    while first < start and (words[first].plain in lexicon.conjunctions - lexicon.openers):
        first += 1
    return range(first, last)
