"""The vocabulary of all domains, as the design, the database and the messages use it.

Docstrings of enums are part of JSON schemas: people read them in their export, and language models in a request.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Locale(StrEnum):
    """The languages Selfology speaks."""

    RU = "ru"
    EN = "en"


class Domain(StrEnum):
    """The twelve parts of a life that questions ask about."""

    IDENTITY = "IDENTITY"
    EMOTIONS = "EMOTIONS"
    RELATIONSHIPS = "RELATIONSHIPS"
    WORK = "WORK"
    MONEY = "MONEY"
    HEALTH = "HEALTH"
    CREATIVITY = "CREATIVITY"
    SPIRITUALITY = "SPIRITUALITY"
    PAST = "PAST"
    FUTURE = "FUTURE"
    LIFESTYLE = "LIFESTYLE"
    THOUGHTS = "THOUGHTS"


class Depth(StrEnum):
    """How far below the surface a question reaches; members are in order."""

    SURFACE = "SURFACE"
    CONSCIOUS = "CONSCIOUS"
    EDGE = "EDGE"
    SHADOW = "SHADOW"
    CORE = "CORE"

    @property
    def step(self) -> int:
        """0 for SURFACE to 4 for CORE."""
        return list(Depth).index(self)

    @property
    def deeper(self) -> Depth:
        """One step deeper; CORE stays CORE."""
        return list(Depth)[min(self.step + 1, len(Depth) - 1)]


class Energy(StrEnum):
    """What a question does to the person who answers it."""

    OPENING = "OPENING"
    NEUTRAL = "NEUTRAL"
    PROCESSING = "PROCESSING"
    HEAVY = "HEAVY"
    HEALING = "HEALING"

    @property
    def effect(self) -> float:
        """The change in the energy of the session; negative if the question costs energy."""
        return {"OPENING": 0.3, "NEUTRAL": 0.0, "PROCESSING": -0.1, "HEAVY": -0.5, "HEALING": 0.4}[self.value]


class Trust(IntEnum):
    """A person's level of trust, by how much they have shared."""

    STRANGER = 1
    ACQUAINTANCE = 2
    COMPANION = 3
    CONFIDANT = 4
    SOUL_MATE = 5


class Strategy(StrEnum):
    """Why Smart Mix chose the question it chose."""

    CRISIS_CARE = "CRISIS_CARE"
    BREAKTHROUGH = "BREAKTHROUGH"
    RELIEF = "RELIEF"
    ENTRY = "ENTRY"
    EXPLORATION = "EXPLORATION"
    DEEPENING = "DEEPENING"
    BALANCING = "BALANCING"
    CLOSING = "CLOSING"


class Trait(StrEnum):
    """The Big Five (Goldberg 1990; Costa & McCrae 1992)."""

    OPENNESS = "openness"
    CONSCIENTIOUSNESS = "conscientiousness"
    EXTRAVERSION = "extraversion"
    AGREEABLENESS = "agreeableness"
    NEUROTICISM = "neuroticism"


class Construct(StrEnum):
    """A psychological construct that an answer to a question may show."""

    OPENNESS = "openness"
    CONSCIENTIOUSNESS = "conscientiousness"
    EXTRAVERSION = "extraversion"
    AGREEABLENESS = "agreeableness"
    NEUROTICISM = "neuroticism"
    VALUES = "values"
    NEEDS = "needs"
    FEARS = "fears"
    STRENGTHS = "strengths"
    MOTIVATION = "motivation"
    COPING = "coping"
    ATTACHMENT = "attachment"
    BOUNDARIES = "boundaries"
    IDENTITY = "identity"
    MEANING = "meaning"
    SELF_WORTH = "self_worth"
    BELONGING = "belonging"
    HABITS = "habits"


class CrisisKind(StrEnum):
    """What kind of danger a text speaks of; members are in order of urgency."""

    SELF_HARM = "SELF_HARM"
    VIOLENCE = "VIOLENCE"
    ABUSE = "ABUSE"


class Objection(StrEnum):
    """What can be wrong with words that a language model wrote for a person."""

    DIAGNOSIS = "DIAGNOSIS"
    """It names an illness that the person did not name, says that they have one, or names a dose."""
    ADVICE = "ADVICE"
    """It advises on medicines, on leaving or staying with somebody or a job, or on law."""
    CONTACT = "CONTACT"
    """It holds a link, an address, a handle or a number to call."""
    PROMPT = "PROMPT"
    """It gives away instructions or what wrote it, plays a role, feigns feelings, or holds code or markup."""
    LANGUAGE = "LANGUAGE"
    """It is not in the person's language."""
    OTHERS = "OTHERS"
    """It says of somebody else what they are like or suffer from, and the person had not said it."""


class Status(StrEnum):
    """Where an onboarding session stands."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    TIMED_OUT = "TIMED_OUT"
    ABANDONED = "ABANDONED"
    DECLINED = "DECLINED"

    @property
    def final(self) -> bool:
        """Whether the session is over."""
        return self not in (Status.ACTIVE, Status.PAUSED)


class Stage(StrEnum):
    """The three stages of an onboarding session."""

    CONSENT = "CONSENT"
    QUESTIONS = "QUESTIONS"
    SUMMARY = "SUMMARY"


class Evolution(StrEnum):
    """How a trait has moved over its history."""

    INCREASING = "increasing"
    DECREASING = "decreasing"
    OSCILLATING = "oscillating"
    STABLE = "stable"
    UNSETTLED = "unsettled"
