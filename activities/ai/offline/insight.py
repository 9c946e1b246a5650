"""Finds a theme that returns in what a person said on different days, and claims nothing but that it does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from typing import NamedTuple

from activities.ai.insight import Connection, Material, OwnText, Quoted
from activities.ai.offline.coach_bank import Theme
from activities.ai.offline.coach_hearing import ear
from activities.ai.offline.memory_words import memory_words
from activities.ai.offline.mood import Mood
from activities.ai.offline.reflection import heard
from schema.analysis.readings import OFFLINE_ANALYST
from schema.base_model import Model
from schema.vocabulary import Locale
from schema.yaml_files import read_packaged

_FEWEST_WORDS, _LONGEST = 4, 200
"""Words and letters of a sentence that is quoted."""
_THEME = "{theme}"
_BETWEEN = {Theme.PARTNER, Theme.FAMILY, Theme.FRIENDS}
"""Themes that are about somebody else by their nature."""


class InsightWords(Model):
    """One file."""

    themes: dict[Theme, str]
    """As they stand in a sentence."""
    gists: dict[Theme, str]
    returns: str
    dark: str
    """Where both texts are dark."""
    differs: str
    """Where one is dark and the other is bright."""


@cache
def insight_words(locale: Locale) -> InsightWords:
    """The words of a language, read once."""
    return InsightWords.model_validate(read_packaged(__package__, f"insight_{locale}.yaml"))


class _Place(NamedTuple):
    """A sentence in which a theme stands."""

    text: OwnText
    sentence: str
    mood: Mood
    topics: frozenset[str]


class OfflineInsights:
    """Finds themes by lists of words. It never says why something returns."""

    writer = OFFLINE_ANALYST

    async def connect(self, material: Material) -> Connection | None:
        """The theme of the most days that was not found before, with two sentences of it from different days."""
        places: dict[Theme, list[_Place]] = defaultdict(list)
        for text in material.texts:
            for theme, place in _places(text):
                places[theme].append(place)
        words = insight_words(material.locale)
        for theme in sorted(places, key=lambda theme: _days(places[theme]), reverse=True):
            pair = _nearest(places[theme]) if words.gists[theme] not in material.known else None
            if pair is None:
                continue
            moods = {place.mood for place in pair}
            template = words.returns
            if moods == {Mood.DARK}:
                template = words.dark
            elif moods == {Mood.DARK, Mood.BRIGHT}:
                template = words.differs
            return Connection(
                text=template.replace(_THEME, words.themes[theme]),
                gist=words.gists[theme],
                quotes=[Quoted(source_id=place.text.source_id, words=place.sentence) for place in pair],
            )
        return None


def _places(text: OwnText) -> Iterator[tuple[Theme, _Place]]:
    """The first sentence of each theme that the person says of themselves, and that may be quoted."""
    read = heard(text.text, text.language)
    passage, state = read.passage, read.circumstances
    if state.loss or state.absence or state.irony:
        return
    seen: set[Theme] = set()
    for hit in ear(passage.locale).themes.find(passage.words):
        number = passage.words[hit.start].sentence
        at = [at for at, word in enumerate(passage.words) if word.sentence == number]
        within = [passage.words[each] for each in at]
        # "My boss moved the deadline, and I felt awful" speaks of the person, too.
        own = hit.meaning in _BETWEEN or any(
            passage.words[each].plain in read.lexicon.first_person and not {each, each + 1} & read.others for each in at
        )
        sentence = " ".join(passage.text[within[0].start : within[-1].end].split())
        if (
            hit.meaning in seen
            or (hit.start in read.others and not own)
            or not (len(within) >= _FEWEST_WORDS and len(sentence) <= _LONGEST)
            or any(read.lexicon.unquotable.fullmatch(word.plain) for word in within)
        ):
            continue
        seen.add(hit.meaning)
        yield hit.meaning, _Place(text, sentence, read.mood, memory_words(passage.locale).topics(sentence))


def _days(places: list[_Place]) -> int:
    return len({place.text.said_at.date() for place in places})


def _nearest(places: list[_Place]) -> tuple[_Place, _Place] | None:
    """The two sentences of different days that have most in common, the latest among equals."""
    pairs = [
        pair
        for pair in combinations(places, 2)
        if pair[0].text.said_at.date() != pair[1].text.said_at.date() and pair[0].sentence != pair[1].sentence
    ]
    if not pairs:
        return None
    return max(pairs, key=lambda pair: (len(pair[0].topics & pair[1].topics), pair[1].text.said_at))
