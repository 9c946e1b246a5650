"""What a profile says in everyday words: the same ones wherever it is drawn, printed or read aloud."""

from __future__ import annotations

from gateway.presentation.texts import Texts
from schema.vocabulary import Evolution, Trait

NEWEST_INSIGHTS = 3
"""How many insights a portrait shows beside its traits, the newest ones."""

_LOW, _HIGH = 0.4, 0.6
# Below each confidence, the word for it. One answer gives a trait about 0.1 to 0.25, ten answers rarely more than 0.7.
_GUESS = 0.25
_CONFIDENCE_WORDS = ((_GUESS, "guess"), (0.45, "shape"), (0.65, "clear"), (1.01, "sure"))


def where(trait: Trait, score: float, texts: Texts) -> str:
    """Where a person with that score, 0 to 1, stands on the trait."""
    place = "low" if score <= _LOW else "high" if score >= _HIGH else "middle"
    return texts.say(f"trait-{trait}-{place}")


def ends(trait: Trait, texts: Texts) -> tuple[str, str]:
    """What the low and the high end of a trait's scale are."""
    return texts.say(f"trait-{trait}-from"), texts.say(f"trait-{trait}-to")


def is_guess(confidence: float) -> bool:
    """Whether so little is known that it is shown more quietly than what is known."""
    return confidence < _GUESS


def how_sure(confidence: float, texts: Texts) -> str:
    """How sure that is, for a confidence of 0 to 1."""
    word = next(word for below, word in _CONFIDENCE_WORDS if confidence < below)
    return texts.say(f"confidence-{word}")


def movement(evolution: Evolution, texts: Texts) -> str:
    """How a trait has moved; empty as long as that is unsettled."""
    return "" if evolution is Evolution.UNSETTLED else texts.say(f"evolution-{evolution}")


def band(score: float, confidence: float) -> tuple[float, float]:
    """The part of the scale, within 0 to 1, that the person may well stand on.

    Nothing known spans as much as the whole scale, full confidence a single point of it.
    """
    reach = (1 - confidence) / 2
    return max(0.0, score - reach), min(1.0, score + reach)
