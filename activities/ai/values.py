"""The values of a profile that the words of an answer may speak of, and those that a question asks for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from schema.profile_vocabulary import Aspect, Dynamic
from schema.vocabulary import Construct, Trait


class Way(NamedTuple):
    """One of the named ways of an aspect."""

    aspect: Aspect
    way: str

    @property
    def name(self) -> str:
        """Its whole name, such as `decision_pattern.deliberate`."""
        return f"{self.aspect}.{self.way}"


Value = Trait | Dynamic | Aspect
"""What evidence adds up to."""

_ASKED_BY: Final[dict[Construct, frozenset[Value | Way]]] = {
    **{Construct(trait.value): frozenset({trait}) for trait in Trait},
    Construct.MOTIVATION: frozenset({Dynamic.MOTIVATION}),
    Construct.COPING: frozenset({Dynamic.RESILIENCE, Dynamic.EMOTIONAL_REGULATION, Aspect.STRESS_RESPONSE}),
    Construct.IDENTITY: frozenset({Dynamic.SELF_AWARENESS}),
    Construct.ATTACHMENT: frozenset({Aspect.LOVE_LANGUAGE}),
    Construct.HABITS: frozenset({Aspect.ENERGY_RHYTHM}),
    Construct.BOUNDARIES: frozenset({Way(Aspect.LEARNING_EDGE, "boundaries")}),
    Construct.SELF_WORTH: frozenset({Way(Aspect.LEARNING_EDGE, "self_kindness")}),
}


def asked_for(listens_for: Collection[Construct]) -> frozenset[Value | Way]:
    """What a question that listens for these constructs pulls towards."""
    return frozenset(value for construct in listens_for for value in _ASKED_BY.get(construct, ()))
