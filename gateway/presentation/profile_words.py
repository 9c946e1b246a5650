"""Puts the values of a profile into everyday words, the same in every channel."""

from __future__ import annotations

from typing import Literal

from gateway.presentation.texts.texts import Texts, key_of
from schema.profile.layers import HIGH, LOW, VISIBLE, Profile, TraitLevel
from schema.profile_vocabulary import Dynamic
from schema.vocabulary import Evolution, Trait

NEWEST_INSIGHTS = 3
"""How many of the newest insights a portrait shows."""

# Below each confidence, the word for it. One answer gives a trait about 0.1 to 0.25, ten answers rarely more than 0.7.
_CONFIDENCE_WORDS = ((VISIBLE, "guess"), (0.45, "shape"), (0.65, "clear"), (1.01, "sure"))


def place(score: float) -> Literal["low", "middle", "high"]:
    """Returns the part of a scale in which a score of 0 to 1 lies."""
    return "low" if score <= LOW else "high" if score >= HIGH else "middle"


def name(of: Trait | Dynamic, texts: Texts) -> str:
    """Names a trait or a dynamic."""
    return texts.say(_key(of))


def where(of: Trait | Dynamic, score: float, texts: Texts) -> str:
    """Describes a score of 0 to 1 on a trait or a dynamic."""
    return texts.say(f"{_key(of)}-{place(score)}")


def ends(of: Trait | Dynamic, texts: Texts) -> tuple[str, str]:
    """Returns the names of the low and the high end of the scale of a trait or a dynamic."""
    return texts.say(f"{_key(of)}-from"), texts.say(f"{_key(of)}-to")


def is_visible(confidence: float) -> bool:
    """Returns whether a confidence of 0 to 1 is more than a guess. Of a guess nothing is said and no mark is shown."""
    return confidence >= VISIBLE


def visible(profile: Profile) -> dict[Trait, TraitLevel]:
    """Returns the traits of which a portrait says something."""
    return {level.trait: level for level in profile.traits if is_visible(level.confidence)}


def how_sure(confidence: float, texts: Texts) -> str:
    """Describes a confidence of 0 to 1."""
    word = next(word for below, word in _CONFIDENCE_WORDS if confidence < below)
    return texts.say(f"confidence-{word}")


def movement(evolution: Evolution, texts: Texts) -> str:
    """Describes how a trait has changed. Empty while that is unsettled."""
    return "" if evolution is Evolution.UNSETTLED else texts.say(f"evolution-{evolution}")


def band(score: float, confidence: float) -> tuple[float, float]:
    """Returns the low and high bound, within 0 to 1, of the scores that the person may have.

    The band is as wide as the whole scale at confidence 0 and a single point at confidence 1.
    """
    reach = (1 - confidence) / 2
    return max(0.0, score - reach), min(1.0, score + reach)


def _key(of: Trait | Dynamic) -> str:
    return f"{'trait' if isinstance(of, Trait) else 'dynamic'}-{key_of(of)}"
