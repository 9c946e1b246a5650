"""Writes a reflection: one or two short sentences that quote the person's own words."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from zlib import crc32

from activities.ai.offline.lexicon import Lexicon
from activities.ai.offline.mood import Mood, MoodReading
from activities.ai.offline.passage import Passage
from activities.ai.offline.quoting import Quote, telling_quote
from schema.base_model import Model
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml

_PLACE = "{phrase}"
# Words.
_BRIEF, _ROUGH = 4, 10
_LETTER = re.compile(r"[^\W\d_]")
_READABLE = re.compile(r"[a-zа-яё]", re.IGNORECASE)


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


@cache
def reflections(locale: Locale) -> Reflections:
    """The reflections of a language, read once."""
    path = resources.files(__package__).joinpath(f"reflections_{locale}.yaml")
    return Reflections.model_validate(read_yaml(path.read_text(encoding="utf-8")))


def reflect(passage: Passage, reading: MoodReading, lexicon: Lexicon, *, crisis: bool) -> str:
    """The reflection on a text: deterministic, and varied between texts."""
    quote = None if crisis else telling_quote(passage, reading, lexicon)
    templates = _templates(passage, reading, lexicon, quote, crisis=crisis)
    template = templates[crc32(passage.text.encode("utf-8", "replace")) % len(templates)]
    if quote is None or _PLACE not in template:
        return template
    return template.replace(_PLACE, _in_place(quote.text, template, passage, lexicon))


def _templates(
    passage: Passage, reading: MoodReading, lexicon: Lexicon, quote: Quote | None, *, crisis: bool
) -> list[str]:
    said, words, mood = reflections(passage.locale), passage.words, reading.mood
    if crisis:
        return said.plain[Mood.DARK]
    if not _READABLE.search(passage.text):
        return said.unread if _LETTER.search(passage.text) else said.wordless
    if lexicon.unsure.fullmatch(" ".join(word.plain for word in words)):
        return said.unsure
    if any(lexicon.rough.fullmatch(word.plain) for word in words) and len(words) <= _ROUGH:
        # Rough words about oneself mean pain, whatever else the text says.
        return said.plain[Mood.DARK] if any(word.plain in lexicon.first_person for word in words) else said.rough
    if len(words) <= _BRIEF:
        return said.brief[mood] if quote and _says_something(passage, reading, lexicon) else said.curt
    if quote is None:
        return said.plain[mood]
    if quote.bears_mood or mood is Mood.NEUTRAL:
        return said.quoting[mood]
    # The quote doesn't show the subject of the answer, so the template claims nothing about it.
    return said.quoting[Mood.NEUTRAL] if mood is Mood.BRIGHT else said.plain[mood]


def _says_something(passage: Passage, reading: MoodReading, lexicon: Lexicon) -> bool:
    words = passage.words
    return bool(reading.weights or lexicon.telling.find(words) or lexicon.traits.find(words))


def _in_place(phrase: str, template: str, passage: Passage, lexicon: Lexicon) -> str:
    """The phrase, capitalised at the start of a sentence; elsewhere a common first word is in lower case."""
    before = template[: template.index(_PLACE)].rstrip("«“")
    if not before or before.endswith(": "):
        return phrase[0].upper() + phrase[1:]
    first = phrase.split(maxsplit=1)[0].strip(",").lower()
    names_nothing = passage.locale is Locale.RU or first not in ("i", "i'm", "i've", "i'd", "i'll")
    common = (
        first in lexicon.first_person | lexicon.negators | lexicon.prepositions | lexicon.openers | lexicon.intensifiers
    )
    return phrase[0].lower() + phrase[1:] if common and names_nothing else phrase
