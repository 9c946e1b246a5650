"""Writes a reflection: one or two short sentences that take up the person's own words, or leave them alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from zlib import crc32

from activities.ai.offline.circumstances import circumstances_of
from activities.ai.offline.lexicon import Lexicon, lexicon
from activities.ai.offline.mood import Mood, mood_of
from activities.ai.offline.passage import Passage
from activities.ai.offline.quoting import Quote, telling_quote
from schema.base_model import Model
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml
from workflows.analysis.rules.text_features import language_of

_PLACE, _WORD = "{phrase}", "{word}"
# Words.
_BRIEF, _ROUGH = 4, 10
_LETTER = re.compile(r"[^\W\d_]")
_READABLE = re.compile(r"[a-zа-яё]", re.IGNORECASE)
_NAMES_SOMEBODY = 3
"""Letters that a word for somebody has; shorter ones are pronouns."""
_TAKE_UP_EVERY = 3


class Reflections(Model):
    """One file of reflections: templates by kind of answer, and by mood where it matters."""

    quoting: dict[Mood, list[str]]
    plain: dict[Mood, list[str]]
    brief: dict[Mood, list[str]]
    curt: list[str]
    unsure: list[str]
    wordless: list[str]
    unread: list[str]
    rough: list[str]
    loss: list[str]
    ironic: list[str]
    gentle: list[str]
    returning: list[str]


@cache
def reflections(locale: Locale) -> Reflections:
    """The reflections of a language, read once."""
    path = resources.files(__package__).joinpath(f"reflections_{locale}.yaml")
    return Reflections.model_validate(read_yaml(path.read_text(encoding="utf-8")))


def reflect(text: str, locale: Locale, earlier: Sequence[str] = (), *, crisis: bool = False) -> str:
    """The reflection on a text: deterministic, and another one for each answer of a session.

    Args:
        locale: the language of texts that show none.
        earlier: the answers of the session before this one, the oldest first.
    """
    now = heard(text, locale, crisis=crisis)
    before = [heard(told, locale) for told in earlier]
    lost = False
    used: list[list[str]] = []
    for answer in [*before, now]:
        used.append(answer.templates(lost))
        lost = lost or answer.loss
    templates = used[-1]
    named = now.named_before(before) if len(earlier) % _TAKE_UP_EVERY == _TAKE_UP_EVERY - 1 and not crisis else None
    if named:
        templates = reflections(now.passage.locale).returning
    # The order differs from session to session; within one, no template comes again before all have come.
    seed = (earlier[0] if earlier else text).encode("utf-8", "replace")
    order = sorted(templates, key=lambda template: crc32(seed + template.encode()))
    before_now = len(earlier) // _TAKE_UP_EVERY if named else sum(one is templates for one in used[:-1])
    template = order[before_now % len(order)]
    return now.worded(template, named)


class Heard:
    """One answer as the reflection sees it."""

    def __init__(self, text: str, locale: Locale, *, crisis: bool = False) -> None:
        self.passage = Passage.of(text, language_of(text, locale))
        self._lexicon: Lexicon = lexicon(self.passage.locale)
        self._state = circumstances_of(self.passage, self._lexicon)
        self._reading = mood_of(self.passage, self._lexicon, self._state)
        self._crisis = crisis
        self._quote: Quote | None = None
        if not (crisis or self._state.loss or self._state.irony):
            self._quote = telling_quote(self.passage, self._reading, self._lexicon)

    @property
    def sentiment(self) -> float:
        """Its mood, -1 dark to 1 bright."""
        return self._reading.sentiment

    @property
    def loss(self) -> bool:
        """Whether it speaks of a loss."""
        return self._state.loss

    def templates(self, lost: bool) -> list[str]:
        """The templates that fit; `lost` says whether an earlier answer spoke of a loss."""
        said, words, mood = reflections(self.passage.locale), self.passage.words, self._reading.mood
        if self._crisis:
            return said.plain[Mood.DARK]
        if not _READABLE.search(self.passage.text):
            return said.unread if _LETTER.search(self.passage.text) else said.wordless
        if self._lexicon.unsure.fullmatch(" ".join(word.plain for word in words)):
            return said.unsure
        if self.loss:
            return said.loss
        if self._state.irony:
            return said.gentle if lost else said.ironic
        if any(self._lexicon.rough.fullmatch(word.plain) for word in words) and len(words) <= _ROUGH:
            # Rough words about oneself mean pain, whatever else the text says.
            about_self = any(word.plain in self._lexicon.first_person for word in words)
            return said.plain[Mood.DARK] if about_self else said.rough
        if lost and (mood is not Mood.DARK or len(words) <= _BRIEF):
            return said.gentle
        if self._state.strained and mood is not Mood.BRIGHT:
            # Illness and exhaustion are met as what they are, whatever else is told beside them.
            return said.plain[Mood.DARK]
        if len(words) <= _BRIEF:
            return said.brief[mood] if self._quote and self._says_something() else said.curt
        if self._quote is None:
            return said.plain[mood]
        if self._quote.bears_mood or mood is Mood.NEUTRAL:
            return said.quoting[mood]
        # The quote doesn't show the subject of the answer, so the template claims nothing about it.
        return said.quoting[Mood.NEUTRAL] if mood is Mood.BRIGHT else said.plain[mood]

    def named_before(self, before: Sequence[Heard]) -> str | None:
        """The word for somebody that an earlier answer has, too; None if there is none, or it is ironic."""
        if self._state.irony:
            return None
        told = {word.stem for answer in before for word in answer.passage.words}
        return next(
            (word.plain for word in self.passage.words if word.stem in told and self._is_somebody(word.plain)), None
        )

    def worded(self, template: str, named: str | None) -> str:
        """The template with the person's words in their place."""
        if named:
            return template.replace(_WORD, named.capitalize() if template.index(_WORD) <= 1 else named)
        if self._quote is None or _PLACE not in template:
            return template
        return template.replace(_PLACE, self._in_place(self._quote.text, template))

    def _is_somebody(self, word: str) -> bool:
        return (
            len(word) > _NAMES_SOMEBODY
            and word in self._lexicon.others
            and word not in self._lexicon.personal_pronouns
            and "'" not in word
        )

    def _says_something(self) -> bool:
        words = self.passage.words
        return bool(self._reading.weights or self._lexicon.telling.find(words) or self._lexicon.traits.find(words))

    def _in_place(self, phrase: str, template: str) -> str:
        """The phrase, capitalised at the start of a sentence; elsewhere a common first word is in lower case."""
        before = template[: template.index(_PLACE)].rstrip("«“")
        if not before or before.endswith(": "):
            return phrase[0].upper() + phrase[1:]
        book = self._lexicon
        first = phrase.split(maxsplit=1)[0].strip(",").lower()
        names_nothing = self.passage.locale is Locale.RU or first not in ("i", "i'm", "i've", "i'd", "i'll")
        common = first in book.first_person | book.negators | book.prepositions | book.openers | book.intensifiers
        return phrase[0].lower() + phrase[1:] if common and names_nothing else phrase


# A session's answers are read again with each later one.
@lru_cache(maxsize=256)
def heard(text: str, locale: Locale, *, crisis: bool = False) -> Heard:
    """One answer as the reflection sees it. `locale` is its language if the text itself shows none."""
    return Heard(text, locale, crisis=crisis)
