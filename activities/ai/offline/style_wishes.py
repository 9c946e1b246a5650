"""Hears by rules how a person wishes to be spoken to: a whole sentence that says so and nothing else."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from activities.ai.offline.coach_ear import message
from schema.base_model import Model
from schema.coaching.wishes import StyleWish
from schema.vocabulary import Locale
from schema.yaml_files import read_packaged

_AS_BEFORE = "as_before"
_ADDRESSES = frozenset({StyleWish.INFORMAL, StyleWish.FORMAL})
_AND = re.compile(r" (?:and|и) ")


class WishesHeard(NamedTuple):
    """What a text wishes for."""

    wishes: list[StyleWish]
    """Those it names, in its order; of one kind only the last."""
    as_before: bool = False
    """Whether all wishes of before are dropped."""

    @property
    def any(self) -> bool:
        """Whether there is any."""
        return bool(self.wishes) or self.as_before


class _Data(Model):
    """One file of what is listened for."""

    asks: str
    ends: str
    wishes: dict[StyleWish, str]
    as_before: str
    filler: str = ""
    """What is a wish only where nothing else is said: «короче» also begins a story."""


@cache
def _data(locale: Locale) -> _Data:
    return _Data.model_validate(read_packaged(__package__, f"style_wishes_{locale}.yaml"))


@cache
def _patterns(locale: Locale) -> dict[str, re.Pattern[str]]:
    data = _data(locale)
    named: dict[str, str] = {
        **{str(wish): pattern for wish, pattern in data.wishes.items()},
        _AS_BEFORE: data.as_before,
    }
    return {name: re.compile(f"{data.asks}(?:{pattern}){data.ends}") for name, pattern in named.items()}


def wishes_in(text: str, locale: Locale) -> WishesHeard:
    """What a text wishes for. `locale` is its language if the text itself shows none.

    A wish is a sentence of its own: "Please, no metaphors." "My boss wants it shorter" is none.
    """
    said = message(text, locale)
    patterns = _patterns(said.heard.passage.locale)
    found: dict[str, StyleWish] = {}
    as_before = False
    sentences = [list(words) for _, words in groupby(said.words, attrgetter("sentence"))]
    read = [" ".join(word.plain for word in words) for words in sentences]
    for words, plain in zip(sentences, read, strict=True):
        if len(read) > 1 and re.fullmatch(_data(said.heard.passage.locale).filler, plain):
            continue
        # How to be addressed is said in passing, too: «давай на ты, мне 20».
        for _, clause in groupby(words, attrgetter("clause")):
            address = _meaning(" ".join(word.plain for word in clause), patterns)
            if address in _ADDRESSES:
                found[StyleWish(address).kind] = StyleWish(address)
        meant = [_meaning(part, patterns) for part in _AND.split(plain)]
        for wish in meant if None not in meant else [_meaning(plain, patterns)]:
            if wish == _AS_BEFORE:
                as_before = True
            elif wish:
                found[StyleWish(wish).kind] = StyleWish(wish)
    return WishesHeard(list(found.values()), as_before)


def _meaning(words: str, patterns: dict[str, re.Pattern[str]]) -> str | None:
    return next((name for name, pattern in patterns.items() if pattern.fullmatch(words)), None)
