"""A profile in words: one hypothesis a line, with how sure it is, in the person's language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from schema.profile.layers import HIGH, LOW, VISIBLE, AspectLevel, Level, Profile
from schema.vocabulary import Locale
from schema.yaml_files import read_packaged

_MUCH, _SOME = 0.65, 0.45
"""The confidence from which on a hypothesis is rather sure, or likely; below it is a first hint."""
_MOST_DOMAINS = _MOST_PATTERNS = 2


def hypotheses(profile: Profile, locale: Locale) -> list[str]:
    """What the profile says of the person, the surest first. What lies in the middle says nothing."""
    words = _words(locale)
    found = sorted(_guesses(profile, words), key=lambda guess: -guess[0])
    said = [f"{words['sure'][_sure(confidence)]} ({confidence:.2f}): {text}" for confidence, text in found]
    return [*said, *(words["pattern"].format(pattern=name) for name in profile.patterns[:_MOST_PATTERNS])]


def _guesses(profile: Profile, words: dict[str, Any]) -> Iterator[tuple[float, str]]:
    """Each guess with its confidence."""
    for trait in profile.traits:
        yield from _level(trait, words["traits"][trait.trait])
    for dynamic in profile.dynamics:
        yield from _level(dynamic, words["dynamics"][dynamic.dynamic])
    usual = {aspect.aspect: aspect.way for aspect in profile.signature}
    for aspect in profile.signature:
        yield from _way(aspect, words, "{way}")
    for aspect in profile.adaptive:
        if aspect.way != usual.get(aspect.aspect):
            yield from _way(aspect, words, words["lately"])
    dear = [affinity for affinity in profile.affinities if affinity.confidence >= VISIBLE and affinity.score > HIGH]
    for affinity in dear[:_MOST_DOMAINS]:
        yield affinity.confidence, words["affinity"].format(domain=words["domain"][affinity.domain])


def _level(level: Level, ends: list[str]) -> Iterator[tuple[float, str]]:
    if level.confidence >= VISIBLE and not LOW <= level.score <= HIGH:
        yield level.confidence, ends[level.score < LOW]


def _way(aspect: AspectLevel, words: dict[str, Any], said: str) -> Iterator[tuple[float, str]]:
    if aspect.way and aspect.confidence >= VISIBLE:
        yield aspect.confidence, said.format(way=words["way"][f"{aspect.aspect}.{aspect.way}"])


def _sure(confidence: float) -> str:
    if confidence >= _MUCH:
        return "much"
    return "some" if confidence >= _SOME else "little"


@cache
def _words(locale: Locale) -> dict[str, Any]:
    # What the names of ways and domains mean is said to models in one place.
    shared = read_packaged("activities.ai.prompts", f"words.{locale}.yaml")
    own = read_packaged("activities.coaching.recall", f"hypotheses.{locale}.yaml")
    return {**own, "domain": shared["domain"], "way": {**shared["way"], **own["ways"]}}
