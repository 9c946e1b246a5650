"""What a talk with the offline coach is about, and whether a message tells of trouble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cached_property

from activities.ai.offline.coach_bank import Kind, Theme
from activities.ai.offline.coach_ear import Message
from activities.ai.offline.coach_step import Answered, asked_by
from activities.ai.offline.mood import Mood

_NAMES_PEOPLE = frozenset({Kind.PEOPLE, Kind.COMPANY, Kind.ATTACHED, Kind.ADVICE})
# Messages in which a theme is heard; hits of one that count.
_LASTS, _CLEARLY = 6, 3
_FADES = 0.75
_OF_LIFE = frozenset({Theme.WORK, Theme.PARTNER, Theme.FAMILY, Theme.FRIENDS, Theme.BODY})
"""Themes of which people also tell what is no trouble."""


def is_trouble(said: Message) -> bool:
    """Whether a message tells of something that weighs, and is not only about somebody."""
    weighs = bool(set(said.themes) - _OF_LIFE) or said.heard.mood in (Mood.DARK, Mood.MIXED)
    return said.is_trouble_by_sign or (weighs and not said.is_light)


class HeardThemes:
    """The themes of a talk, message by message."""

    def __init__(self, answers: Sequence[Answered], bounded: Collection[Theme]) -> None:
        """`bounded` are those that must not be brought up."""
        self._answers = answers
        self._bounded = bounded
        # "My wife" is no new theme where somebody was asked for.
        self._themes = [
            Counter[Theme]() if _NAMES_PEOPLE & {asked.kind for asked in asked_by(names)} else said.themes
            for said, names in answers
        ]

    @cached_property
    def now(self) -> Theme | None:
        """What it is about now: what was said last counts most."""
        weights: dict[Theme, float] = {}
        for age, themes in enumerate(reversed(self._themes[-_LASTS:])):
            for theme, hits in themes.items():
                if theme not in self._bounded:
                    weights[theme] = weights.get(theme, 0) + min(hits, _CLEARLY) * _FADES**age
        # Of several, one of those that the last message is about.
        now = [theme for theme in weights if theme in self._themes[-1]] or list(weights)
        return max(now, key=lambda theme: (weights[theme], theme), default=None)

    @property
    def lasts(self) -> bool:
        """Whether more than one message was about it."""
        return sum(self.now in themes for themes in self._themes) > 1

    def is_fresh(self, lasts: int) -> bool:
        """Whether that was heard in one of so many last messages, wishes aside."""
        pairs = zip(self._themes, self._answers, strict=True)
        told = [themes for themes, answer in pairs if answer.said.wish is None]
        return any(self.now in themes for themes in told[-lasts:])
