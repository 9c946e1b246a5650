"""The mood of a text: a lexicon with negation and intensifiers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from activities.ai.offline.circumstances import Circumstances
from activities.ai.offline.lexicon import Lexicon
from activities.ai.offline.passage import Passage

_INTENSIFIED, _DIMINISHED = 1.4, 0.6
# «не грустно» is not joy, and «не рад» is not grief.
_NEGATED = -0.5
# What somebody else feels, and the person is not touched by it in that sentence.
_OF_OTHERS = 0.4
# In a text of up to 15 words, a sum of 3 (one strong word) makes 0.69, a sum of 1 makes 0.3; in a longer one, less.
_SOFTNESS, _SOFT_WORDS = 10, 15
_LEAN = 0.32
_SIGN_WEIGHT = 1.5
# "I'm fine" and "it helps" are good, and no joy yet: that takes one word of joy, or three of these.
_GLADLY, _GLAD = 1.4, 3.0
# "The war took my brother" has no word of mood.
_LOSS_WEIGHT = 1.5
_BRIGHT_SIGNS = frozenset("😀😃😄😁😆😊🙂😇🥰😍🤩😘😋😎🤗🥳😌❤🧡💛💚💙💜🤍💖💕💗☀🌞🌈🎉✨🌸🌺🌻👍💪🙏☺😻🔥🕊")
_DARK_SIGNS = frozenset("😢😭😞😔😟😕🙁☹😣😖😫😩🥺😠😡🤬😨😰😱😥😓💔😪😿🖤🤮🤢😤👎🥀🫠🤕🤒")


class Mood(StrEnum):
    """The overall mood of a text."""

    DARK = "dark"
    MIXED = "mixed"
    BRIGHT = "bright"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class MoodReading:
    """The mood of a text, and the weight of each word in it."""

    sentiment: float
    """-1 dark to 1 bright."""
    mood: Mood
    weights: dict[int, float]
    """The weight of each mood word, by its index."""

    def leans(self, weight: float) -> bool:
        """Whether a word of this weight agrees with the mood of the whole text."""
        return not (self.mood is Mood.DARK and weight > 0) and not (self.mood is Mood.BRIGHT and weight < 0)


def mood_of(passage: Passage, lexicon: Lexicon, state: Circumstances, others: Collection[int]) -> MoodReading:
    """Weighs every mood word in its clause. `others` are the words that speak of somebody else."""
    words = passage.words
    of_oneself = {word.sentence for word in words if word.plain in lexicon.first_person}
    weights: dict[int, float] = {}
    for hit in lexicon.mood.find(words):
        if words[hit.start].sentence in state.unmeant - state.lost:
            continue
        weight = float(hit.meaning)
        for word in words[max(0, hit.start - 2) : hit.start]:
            if word.clause == words[hit.start].clause:
                weight *= _INTENSIFIED if word.plain in lexicon.intensifiers else 1
                weight *= _DIMINISHED if word.plain in lexicon.diminishers else 1
        if lexicon.negated(words, hit.start, hit.end):
            weight *= _NEGATED
        if weight < 0 and hit.start in others and words[hit.start].sentence not in of_oneself:
            weight *= _OF_OTHERS
        # «Мама ещё жива» is no joy to who has lost her.
        if weight > 0 and words[hit.start].sentence in state.lost:
            continue
        if weight:
            weights[hit.end - 1] = weight
    signs = set(passage.text)
    bright = sum(w for w in weights.values() if w > 0) + _SIGN_WEIGHT * len(signs & _BRIGHT_SIGNS)
    dark = -sum(w for w in weights.values() if w < 0) + _SIGN_WEIGHT * len(signs & _DARK_SIGNS)
    dark += _LOSS_WEIGHT * state.loss
    total = bright - dark
    softness = _SOFTNESS * max(1.0, len(words) / _SOFT_WORDS)
    sentiment = round(total / sqrt(total * total + softness), 3)
    glad = bright >= _GLAD or any(weight >= _GLADLY for weight in weights.values())
    return MoodReading(sentiment, _mood(sentiment, bright, dark, glad), weights)


def _mood(sentiment: float, bright: float, dark: float, glad: bool) -> Mood:
    weaker, stronger = sorted((bright, dark))
    if weaker >= 0.9 and weaker >= 0.55 * stronger:
        return Mood.MIXED
    if sentiment >= _LEAN:
        return Mood.BRIGHT if glad else Mood.NEUTRAL
    return Mood.DARK if sentiment <= -_LEAN else Mood.NEUTRAL
