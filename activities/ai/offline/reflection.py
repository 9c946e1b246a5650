"""Writes a reflection: one or two short sentences that take up the person's own words, or leave them alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from functools import cache, cached_property, lru_cache
from typing import NamedTuple
from zlib import crc32

from activities.ai.offline.attribution import said_of_others
from activities.ai.offline.circumstances import circumstances_of, in_grief, joked_through
from activities.ai.offline.lexicon import Lexicon, lexicon
from activities.ai.offline.mood import Mood, mood_of
from activities.ai.offline.passage import Passage
from activities.ai.offline.quoting import Quote, telling_quote
from schema.base_model import Model
from schema.vocabulary import Locale
from schema.yaml_files import read_packaged
from workflows.analysis.rules.text_features import language_of

PLACE = "{phrase}"
"""Where a template takes the person's words."""
_WORD = "{word}"
# Words.
_PARROTED, _BRIEF, _ROUGH, _DECLINED = 2, 4, 10, 12
_LETTER = re.compile(r"[^\W\d_]")
_READABLE = re.compile(r"[a-zа-яё]", re.IGNORECASE)
_NAMES_SOMEBODY = 3
"""Letters that a word for somebody has; shorter ones are pronouns."""
_TAKE_UP_EVERY = 3
_LIKE = frozenset({"like", "как", "словно"})


class Reflections(Model):
    """One file of reflections: templates by kind of answer, and by mood where it matters."""

    quoting: dict[Mood, list[str]]
    plain: dict[Mood, list[str]]
    brief: dict[Mood, list[str]]
    curt: list[str]
    unsure: list[str]
    wordless: list[str]
    unread: list[str]
    declined: list[str]
    rough: list[str]
    loss: list[str]
    ironic: list[str]
    gentle: list[str]
    returning: list[str]
    kept: list[str] = []
    """With words of who mourns; the coach alone has them."""
    uneasy: list[str] = []
    """To what is dark, and not very; likewise."""


@cache
def reflections(locale: Locale) -> Reflections:
    """The reflections of a language, read once."""
    return Reflections.model_validate(read_packaged(__package__, f"reflections_{locale}.yaml"))


def reflect(text: str, locale: Locale, earlier: Sequence[str] = (), *, crisis: bool = False) -> str:
    """The reflection on a text: deterministic, and another one for each answer of a session.

    Args:
        locale: the language of texts that show none.
        earlier: the answers of the session before this one, the oldest first.
    """
    told = [*(heard(answer, locale) for answer in earlier), heard(text, locale, crisis=crisis)]
    # The order differs from session to session.
    seed = told[0].passage.text.encode("utf-8", "replace")
    used: set[str] = set()
    for at, answer in enumerate(told):
        before = told[:at]
        session = so_far(before)
        templates, named = answer.templates(session), None
        if at % _TAKE_UP_EVERY == _TAKE_UP_EVERY - 1 and answer.is_even(session):
            named = answer.named_before(before)
        words = reflections(answer.passage.locale)
        # What fits comes first; when all of it has been said, words that fit any answer.
        anyway = words.gentle if session.lost else words.plain[Mood.NEUTRAL]
        kinds = [words.returning if named else templates, anyway, words.curt]
        ordered = (line for kind in kinds for line in sorted(kind, key=lambda line: crc32(seed + line.encode())))
        template = next((line for line in ordered if line not in used), templates[0])
        used.add(template)
    return answer.worded(template, named)


class Session(NamedTuple):
    """What earlier answers of a session mean for how the next one is met."""

    lost: bool
    """Whether the person is in grief."""
    joked: bool
    joked_through: bool
    """Whether so many jokes were made that what is not marked as one may be one, too."""
    unbright: bool
    """Whether bright words would be out of place: there was a loss, or a joke that may go on."""


def so_far(before: Sequence[Heard]) -> Session:
    """What the answers of a session, the oldest first, mean for the next one."""
    told = [answer.circumstances for answer in before]
    joked = any(state.irony for state in told)
    return Session(in_grief(told), joked, joked_through(told), joked or any(state.loss for state in told))


class Heard:
    """One answer as the reflection sees it."""

    def __init__(self, text: str, locale: Locale, *, crisis: bool = False) -> None:
        self.passage = Passage.of(text, language_of(text, locale))
        self.lexicon: Lexicon = lexicon(self.passage.locale)
        self.circumstances = circumstances_of(self.passage, self.lexicon)
        self.others = said_of_others(self.passage, self.lexicon)
        """Indexes of the words that speak of somebody else."""
        self._reading = mood_of(self.passage, self.lexicon, self.circumstances, self.others)
        self._crisis = crisis
        self._quote: Quote | None = None
        state = self.circumstances
        if not (crisis or state.loss or state.absence or state.irony):
            self._quote = telling_quote(self.passage, self._reading, self.lexicon, self.others)

    def unquoted(self) -> Heard:
        """The same, of which no words are said back."""
        other = copy(self)
        other._quote = None
        return other

    @property
    def sentiment(self) -> float:
        """Its mood, -1 dark to 1 bright."""
        return self._reading.sentiment

    @cached_property
    def dark(self) -> frozenset[int]:
        """The sentences with a dark word in them."""
        words = self.passage.words
        return frozenset(words[at].sentence for at, weight in self._reading.weights.items() if weight < 0)

    @property
    def is_readable(self) -> bool:
        """Whether it holds letters that can be read."""
        return _READABLE.search(self.passage.text) is not None

    @property
    def mood(self) -> Mood:
        """Its mood in a word."""
        return self._reading.mood

    @property
    def phrase(self) -> str | None:
        """The words of it that may be quoted."""
        return self._quote.text if self._quote else None

    def templates(self, session: Session, said: Reflections | None = None) -> list[str]:
        """The templates that fit, of `said` or of those that an analyst uses."""
        said = said or reflections(self.passage.locale)
        words, mood = self.passage.words, self._reading.mood
        plain = " ".join(word.plain for word in words)
        if self._crisis:
            return said.plain[Mood.DARK]
        if not _READABLE.search(self.passage.text):
            return said.unread if _LETTER.search(self.passage.text) else said.wordless
        if self.lexicon.unsure.fullmatch(plain):
            return said.gentle if session.lost else said.unsure
        if self.circumstances.mourning or (self.circumstances.loss and session.lost):
            return said.loss
        if self.circumstances.loss:
            return said.plain[Mood.NEUTRAL if session.joked else Mood.DARK]
        if len(words) <= _DECLINED and self.lexicon.declined.search(plain):
            return said.declined
        if self.circumstances.irony:
            return said.gentle if session.lost else said.ironic
        if self._is_rough() and len(words) <= _ROUGH:
            # Rough words about oneself mean pain, whatever else the text says.
            about_self = any(word.plain in self.lexicon.first_person for word in words)
            return said.plain[Mood.DARK] if about_self else said.rough
        if session.lost and (mood is not Mood.DARK or len(words) <= _BRIEF):
            return said.gentle
        if self.circumstances.strained and mood is not Mood.BRIGHT:
            # Illness and exhaustion are met as what they are, whatever else is told beside them.
            return said.plain[Mood.DARK]
        if mood is Mood.BRIGHT and (session.unbright or self.circumstances.absence):
            mood = Mood.NEUTRAL
        if session.joked_through and not self.circumstances.earnest and mood is not Mood.DARK:
            return said.curt
        if len(words) <= _BRIEF:
            return said.brief[mood] if self._may_be_said_back() else said.curt
        if self._quote is None:
            return said.plain[mood]
        if self._quote.bears_mood or mood is Mood.NEUTRAL:
            return said.quoting[mood]
        # The quote doesn't show the subject of the answer, so the template claims nothing about it.
        return said.quoting[Mood.NEUTRAL] if mood is Mood.BRIGHT else said.plain[mood]

    def is_even(self, session: Session) -> bool:
        """Whether a remark on one of its words is in place: nothing weighs in it, and it is no joke."""
        state = self.circumstances
        hard = (
            self._crisis
            or session.lost
            or session.joked_through
            or state.loss
            or state.absence
            or state.irony
            or state.strained
        )
        return not hard and self._reading.mood in (Mood.NEUTRAL, Mood.BRIGHT)

    def named_before(self, before: Sequence[Heard]) -> str | None:
        """The word for somebody of the person's own that an earlier answer has, too; None if there is none."""
        told = {stem for answer in before for stem in answer._somebody}
        return next((word for stem, word in self._somebody.items() if stem in told), None)

    def worded(self, template: str, named: str | None = None, phrase: str | None = None) -> str:
        """The template with the person's words in their place: `phrase`, or those that may be quoted."""
        if named:
            return template.replace(_WORD, named.capitalize() if template.index(_WORD) <= 1 else named)
        phrase = phrase or self.phrase
        if phrase is None or PLACE not in template:
            return template
        return template.replace(PLACE, self._in_place(phrase, template))

    @cached_property
    def _somebody(self) -> dict[str, str]:
        """The words for people who are the person's own ("my brother", not "the aunt"), by their stems."""
        words, russian = self.passage.words, self.passage.locale is Locale.RU
        return {
            word.stem: word.plain
            for at, word in enumerate(words)
            if len(word.plain) > _NAMES_SOMEBODY
            and word.plain in self.lexicon.others
            and word.plain not in self.lexicon.personal_pronouns
            and "'" not in word.plain
            and (russian or (at and words[at - 1].plain in self.lexicon.first_person))
        }

    def _is_rough(self) -> bool:
        """Whether it holds rough words. "Smiling like a fool" has none."""
        words = [word.plain for word in self.passage.words]
        rough = (at for at, word in enumerate(words) if self.lexicon.rough.fullmatch(word))
        return any(_LIKE.isdisjoint(words[max(0, at - 2) : at]) for at in rough)

    def _may_be_said_back(self) -> bool:
        """Whether a short answer is worth it: all of it, and never one or two words without a feeling."""
        words, quote = self.passage.words, self._quote
        if quote is None or len(quote.text.split()) < len(words):
            return False
        weighs = bool(self._reading.weights) and len(words) > 1
        return weighs or (len(words) > _PARROTED and bool(self.lexicon.telling.find(words)))

    def _in_place(self, phrase: str, template: str) -> str:
        """The phrase, capitalised at the start of a sentence; elsewhere a common first word is in lower case."""
        before = template[: template.index(PLACE)].rstrip("«“")
        if not before or before.endswith(": "):
            return phrase[0].upper() + phrase[1:]
        book = self.lexicon
        first = phrase.split(maxsplit=1)[0].strip(",").lower()
        # English writes "I" with a capital anywhere.
        names_nothing = first.partition("'")[0] != "i"
        common = first in book.first_person | book.negators | book.prepositions | book.openers | book.intensifiers
        return phrase[0].lower() + phrase[1:] if common and names_nothing else phrase


# A session's answers are read again with each later one.
@lru_cache(maxsize=256)
def heard(text: str, locale: Locale, *, crisis: bool = False) -> Heard:
    """One answer as the reflection sees it. `locale` is its language if the text itself shows none."""
    return Heard(text, locale, crisis=crisis)
