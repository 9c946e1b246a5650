"""The vocabulary of profiles: their layers, and what each layer holds."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from schema.vocabulary import Domain, Trait


class Layer(StrEnum):
    """The layers of a profile, in the order in which a person sees them."""

    BIG_FIVE = "big_five"
    FACETS = "facets"
    CORE_DYNAMICS = "core_dynamics"
    ADAPTIVE_TRAITS = "adaptive_traits"
    DOMAIN_AFFINITIES = "domain_affinities"
    SIGNATURE = "signature"


class Facet(StrEnum):
    """The thirty facets of the NEO-PI-R (Costa & McCrae 1992), six to a trait."""

    FANTASY = "fantasy"
    AESTHETICS = "aesthetics"
    FEELINGS = "feelings"
    ACTIONS = "actions"
    IDEAS = "ideas"
    VALUES = "values"
    COMPETENCE = "competence"
    ORDER = "order"
    DUTIFULNESS = "dutifulness"
    ACHIEVEMENT_STRIVING = "achievement_striving"
    SELF_DISCIPLINE = "self_discipline"
    DELIBERATION = "deliberation"
    WARMTH = "warmth"
    GREGARIOUSNESS = "gregariousness"
    ASSERTIVENESS = "assertiveness"
    ACTIVITY = "activity"
    EXCITEMENT_SEEKING = "excitement_seeking"
    POSITIVE_EMOTIONS = "positive_emotions"
    TRUST = "trust"
    STRAIGHTFORWARDNESS = "straightforwardness"
    ALTRUISM = "altruism"
    COMPLIANCE = "compliance"
    MODESTY = "modesty"
    TENDER_MINDEDNESS = "tender_mindedness"
    ANXIETY = "anxiety"
    ANGRY_HOSTILITY = "angry_hostility"
    DEPRESSION = "depression"
    SELF_CONSCIOUSNESS = "self_consciousness"
    IMPULSIVENESS = "impulsiveness"
    VULNERABILITY = "vulnerability"

    @property
    def trait(self) -> Trait:
        """The trait that it is a part of."""
        return _TRAITS[self]


# Members of both stand in the usual order, six facets to a trait.
_TRAITS = dict(zip(Facet, (trait for trait in Trait for _ in range(6)), strict=True))


class Dynamic(StrEnum):
    """The core dynamics: how a person deals with themselves. Each is a level, like a trait."""

    SELF_AWARENESS = "self_awareness"
    EMOTIONAL_REGULATION = "emotional_regulation"
    MOTIVATION = "motivation"
    RESILIENCE = "resilience"


class Aspect(StrEnum):
    """What shows itself as one of several ways, rather than as more or less. Each is a distribution over its ways."""

    THINKING_STYLE = "thinking_style"
    DECISION_PATTERN = "decision_pattern"
    ENERGY_RHYTHM = "energy_rhythm"
    LEARNING_STYLE = "learning_style"
    LEARNING_EDGE = "learning_edge"
    LOVE_LANGUAGE = "love_language"
    STRESS_RESPONSE = "stress_response"


WAYS: Final[dict[Aspect, tuple[str, ...]]] = {
    Aspect.THINKING_STYLE: ("analytical", "holistic", "practical", "imaginative"),
    Aspect.DECISION_PATTERN: ("deliberate", "intuitive", "consulting", "spontaneous", "postponing"),
    Aspect.ENERGY_RHYTHM: ("morning", "evening", "bursts", "steady"),
    Aspect.LEARNING_STYLE: ("doing", "reading", "watching", "talking"),
    Aspect.LEARNING_EDGE: ("boundaries", "asking_for_help", "self_kindness", "letting_go", "finishing", "speaking_up"),
    # Chapman 1992.
    Aspect.LOVE_LANGUAGE: ("words", "time", "gifts", "help", "touch"),
    # Cannon 1932 and Gray 1988 for the first three; Walker 2013 for appeasing; Taylor et al. 2000 for reaching out.
    Aspect.STRESS_RESPONSE: ("fight", "flight", "freeze", "appease", "reach_out"),
}
"""The named ways of each aspect."""

SIGNATURE: Final = (
    Aspect.THINKING_STYLE,
    Aspect.DECISION_PATTERN,
    Aspect.ENERGY_RHYTHM,
    Aspect.LEARNING_EDGE,
    Aspect.LOVE_LANGUAGE,
    Aspect.STRESS_RESPONSE,
)
"""The aspects of the signature: what a person has shown over all the time, old and new alike."""

ADAPTIVE: Final = (Aspect.LEARNING_STYLE, Aspect.STRESS_RESPONSE, Aspect.DECISION_PATTERN)
"""The aspects that adapt: what a person has shown lately. An aspect of neither list that evidence names joins them."""

NAMES: Final[dict[Layer, tuple[str, ...]]] = {
    Layer.BIG_FIVE: tuple(Trait),
    Layer.FACETS: tuple(Facet),
    Layer.CORE_DYNAMICS: tuple(Dynamic),
    Layer.ADAPTIVE_TRAITS: ADAPTIVE,
    Layer.DOMAIN_AFFINITIES: tuple(Domain),
    Layer.SIGNATURE: SIGNATURE,
}
"""The values of each layer that a person may ask about, by name."""


class Theme(StrEnum):
    """What the pictures of a profile go with: a light or a dark screen."""

    LIGHT = "light"
    DARK = "dark"

    @property
    def other(self) -> Theme:
        """The one that it is not."""
        return Theme.DARK if self is Theme.LIGHT else Theme.LIGHT


def is_light(theme: Theme) -> bool:
    """Returns whether a theme is the usual one, which payloads leave out."""
    return theme is Theme.LIGHT
