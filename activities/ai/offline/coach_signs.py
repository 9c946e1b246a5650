"""Feelings that people tell without a name ("I lie awake until four"), and how they are said back, as a guess."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from activities.ai.offline.coach_address import familiar
from schema.base_model import Model
from schema.vocabulary import Locale
from schema.yaml_files import read_packaged


class Sign(StrEnum):
    """What may be behind what is told."""

    DELIGHT = "delight"
    PARTED = "parted"
    """From somebody who lives."""
    HIDES = "hides"
    """It shows nothing to others."""
    SLEEPLESS = "sleepless"
    LONELY = "lonely"
    SPENT = "spent"
    """No strength is left."""
    SEETHES = "seethes"
    SLIGHTED = "slighted"
    REGRETS = "regrets"
    HOPELESS = "hopeless"
    TENSE = "tense"
    DREADS = "dreads"
    """Something that is to come."""
    NUMB = "numb"
    TEARS = "tears"
    MISSES = "misses"
    """What used to be."""


class _SignData(Model):
    hears: str
    says: list[str]
    asks: dict[str, str] = {}
    """Lines of the bank, by their names."""
    emoji: str = ""


class Signs:
    """One language."""

    def __init__(self, data: dict[Sign, _SignData]) -> None:
        self._hears = {sign: re.compile(each.hears) for sign, each in data.items()}
        self._emoji = {sign: frozenset(each.emoji) for sign, each in data.items()}
        self._says = {sign: each.says for sign, each in data.items()}
        self.asks = {sign: each.asks for sign, each in data.items()}

    def heard(self, words: str) -> Sign | None:
        """The sign in the words of a message, in lower case and without marks; None if there is none."""
        return next((sign for sign, pattern in self._hears.items() if pattern.search(words)), None)

    def shown(self, text: str) -> Sign | None:
        """The sign that emoji alone show."""
        return next((sign for sign, emoji in self._emoji.items() if emoji & set(text)), None)

    def says(self, sign: Sign, *, informal: bool = False) -> list[str]:
        """What names the feeling, as a guess."""
        lines = self._says[sign]
        return [said for line in lines if (said := familiar(line))] if informal else lines


@cache
def signs(locale: Locale) -> Signs:
    """The signs of a language, read and compiled once."""
    data = read_packaged(__package__, f"coach_signs_{locale}.yaml")
    return Signs({Sign(name): _SignData.model_validate(each) for name, each in data.items()})
