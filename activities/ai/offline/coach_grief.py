"""Whom a person mourns, by what they have told before, and whether a message bears on that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from activities.ai.offline.circumstances import (
    Circumstances,
    circumstances_of,
    in_grief,
    mourned_kin,
    mourning_sentences,
)
from activities.ai.offline.coach_bank import Kind, Theme
from activities.ai.offline.coach_ear import Message
from activities.ai.offline.coach_hearing import ear
from activities.ai.offline.lexicon import Circumstance, lexicon
from activities.ai.offline.memory_words import MemoryWords, memory_words
from activities.ai.offline.mood import Mood
from activities.ai.offline.passage import Passage, Word
from schema.coaching.context import Memory
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import language_of

_TOLD_AT_LENGTH, _TOLD_PLAINLY, _LATELY, _IN_MIND = 3, 2, 7, 60
_NEAR_DEATH = 3
_SHORTEST_NAME, _ENDING = 3, 2
"""Letters: of a name, and of what may follow its stem («Пашин»)."""
_MUCH = 60
"""Words of a text that is about many things."""
_COLOURS = 8
"""So many messages are met in the light of a loss."""
_EVERYDAY = frozenset({Theme.WORK, Theme.MONEY, Theme.CHOICE, Theme.HABITS})
_OF_GRIEF = frozenset({Theme.REST, Theme.MEANING, Theme.FAMILY})
_TIMES = frozenset({Kind.HAPPENS, Kind.FIRM, Kind.RECURS})
_OF_MOURNING = frozenset({Kind.TELL, Kind.GRIEF})
_HIM_OR_HER = frozenset(["he", "him", "his", "she", "her", "он", "его", "него", "ему", "ним", "она", "ее", "нее", "ей"])
_QUOTES = '«“"('
_PLACES = frozenset(["in", "at", "from", "to", "near", "в", "во", "на", "из", "под", "по", "с"])


class _Loss(NamedTuple):
    """What one text tells of a loss."""

    names: frozenset[str]
    kin: frozenset[str]
    state: Circumstances
    is_death: bool
    """Whether it says so in a word, such as "died" or "funeral"."""


def tells_of_loss(text: str, locale: Locale) -> bool:
    """Whether a text tells that somebody died, or speaks as people do of somebody who is gone."""
    state = _loss(text, locale).state
    return (state.mourning or state.absence) and not state.irony


class Mourned:
    """Somebody who is mourned, as earlier talks and answers tell of it."""

    def __init__(self, told: Sequence[Memory], locale: Locale) -> None:
        losses = [_loss(memory.text, locale) for memory in told]
        # "Without her" alone may be said of somebody who is on a journey.
        self._losses = losses if in_grief([without_partings(loss.state) for loss in losses]) else []
        self._days = [memory.told_on for memory in told] if self._losses else []

    def is_fresh(self, today: date | None) -> bool:
        """Whether it was told at some length, and lately: then it may be behind what says nothing of it."""
        lately = sum((today - day).days <= _LATELY for day in self._days) if today else 0
        return lately >= (_TOLD_PLAINLY if any(loss.is_death for loss in self._losses) else _TOLD_AT_LENGTH)

    def is_named_by_nobody(self, said: Message, before: Message | None, today: date | None) -> bool:
        """Whether a message begins with a "she" who was named by nobody, weeks after a death was told."""
        words = said.words
        if not words or said.themes or words[0].plain not in _HIM_OR_HER:
            return False
        lately = today is not None and any((today - day).days <= _IN_MIND for day in self._days)
        others = said.heard.lexicon.others - said.heard.lexicon.personal_pronouns - _HIM_OR_HER
        spoken = [*words, *(before.words if before else [])]
        return lately and not any(word.plain in others for word in spoken)

    def is_behind(self, said: Message) -> bool:
        """Whether a message bears on it: by a name, by who they were, or as of somebody who is gone."""
        if not self._losses:
            return False
        state, passage = said.heard.circumstances, said.heard.passage
        book = memory_words(passage.locale)
        kin = {book.canonical(word.plain) for word in passage.words}
        names = {_name(word, book) for word in passage.words if passage.text[word.start].isupper()}
        return (
            state.absence
            or state.mourning
            or any(
                kin & loss.kin or any(_is_named(name, known, passage.locale) for name in names for known in loss.names)
                for loss in self._losses
            )
        )


# The same texts are read again with each message.
@lru_cache(maxsize=512)
def _loss(text: str, locale: Locale) -> _Loss:
    passage = Passage.of(text, language_of(text, locale))
    book = memory_words(passage.locale)
    words = lexicon(passage.locale)
    kin = {book.canonical(word) for word in mourned_kin(passage, words)}
    dead, state = _dead(passage, book), circumstances_of(passage, words)
    if dead:
        state = replace(state, loss=True, mourning=True)
    if len(passage.words) >= _MUCH and len(mourning_sentences(passage, words)) == 1 and not dead:
        # Beside much else, a death that is named once is not what it is about.
        state = replace(state, loss=False, mourning=False)
    death = any(ear(passage.locale).died.fullmatch(word.plain) for word in passage.words) or any(
        hit.meaning is Circumstance.LOSS for hit in words.circumstances.find(passage.words)
    )
    return _Loss(frozenset(_names(passage, book) | dead), frozenset(kin), state, death)


def _names(passage: Passage, book: MemoryWords) -> set[str]:
    """Names of people: words with a capital within a sentence, that are no place, day or month."""
    found, times = set[str](), book.topics(book.data.names["months"])
    for before, word in pairwise(passage.words):
        within = before.sentence == word.sentence and before.plain not in _PLACES
        within = within and passage.text[word.start - 1] not in _QUOTES
        name = _name(word, book)
        of_time = name in times or word.plain.partition("'")[0] == "i"
        if within and passage.text[word.start].isupper() and len(name) >= _SHORTEST_NAME and not of_time:
            found.add(name)
    return found


def _dead(passage: Passage, book: MemoryWords) -> set[str]:
    """Names of whom a sentence says that they died: "Tom died in March"."""
    text, died = passage.text, ear(passage.locale).died
    ends = [at for at, word in enumerate(passage.words) if died.fullmatch(word.plain)]
    near = (word for end in ends for word in passage.words[max(0, end - _NEAR_DEATH) : end + 2])
    known = lexicon(passage.locale)
    return {
        _name(word, book)
        for word in near
        if text[word.start].isupper() and word.plain not in known.others | known.first_person | known.prepositions
    } - {""}


def _name(word: Word, book: MemoryWords) -> str:
    return next(iter(book.topics(word.plain.removesuffix("'s"))), "")


def _is_named(name: str, known: str, locale: Locale) -> bool:
    more = len(name) - len(known)
    return name == known or (locale is Locale.RU and name.startswith(known) and more <= _ENDING)


class Grief:
    """Whether somebody is mourned in a talk as it stands."""

    def __init__(
        self, mourned: Mourned, messages: Sequence[Message], today: date | None, met: Collection[Kind]
    ) -> None:
        """The last of the person's `messages` waits for its reply. `met` are the kinds of lines said lately."""
        self._mourned = mourned
        self._last, self._today = messages[-1], today
        self.before = messages[-_COLOURS - 1 : -1]
        """The messages in whose light the last one stands."""
        lost = in_grief([without_partings(_state(said)) for said in self.before])
        met_so = bool(_OF_MOURNING & set(met)) and bool(self.before)
        self._was_there = lost or met_so or any(map(mourned.is_behind, self.before))
        before = messages[-2] if len(messages) > 1 else None
        unnamed = mourned.is_named_by_nobody(self._last, before, today)
        self.comes_up = _state(self._last).mourning or mourned.is_behind(self._last) or unnamed
        """Whether the last message itself speaks of who is gone."""
        self.is_first = self.comes_up and not self._was_there
        """Whether it does so for the first time in a while."""
        self.is_there = self.comes_up or (self._was_there and not self._turns_to_life()) or self._may_be_behind()
        """Whether the person is to be met as somebody in grief."""
        self.is_near = self.is_there or self._was_there or mourned.is_fresh(self._today)
        """Whether a loss is so near that nothing is to be measured."""

    def _turns_to_life(self) -> bool:
        """Whether the last message goes on to something of every day, and it does not weigh."""
        said = self._last
        of_somebody = any(word.plain in _HIM_OR_HER for word in said.words)
        return bool(_EVERYDAY & set(said.themes)) and said.heard.mood is not Mood.DARK and not of_somebody

    def _may_be_behind(self) -> bool:
        """Whether a loss that was told lately may be behind a message that says nothing of its own."""
        said = self._last
        speaks = set(said.themes) - _OF_GRIEF or said.named_step or said.wish or said.told - _TIMES
        return self._mourned.is_fresh(self._today) and not (speaks or said.heard.mood is Mood.BRIGHT)


def _state(said: Message) -> Circumstances:
    return _loss(said.text, said.heard.passage.locale).state


def without_partings(state: Circumstances) -> Circumstances:
    """The same, where a separation is no loss to be mourned."""
    return replace(state, loss=state.mourning)
