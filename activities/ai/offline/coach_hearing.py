"""What the offline coach listens for, as the YAML files list it: wishes, questions about itself, words of steps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from operator import attrgetter

from activities.ai.offline.coach_bank import Kind, Theme, bank
from activities.ai.offline.passage import stem
from activities.ai.offline.phrasebook import Phrasebook
from schema.base_model import Model
from schema.vocabulary import Locale
from schema.yaml_files import read_packaged


class Wish(StrEnum):
    """What a person wishes of the coach, asks it, or answers in a word."""

    TALK = "talk"
    """To talk, and no advice."""
    SPARED = "spared"
    """Something not to be said to them."""
    LEAVE = "leave"
    """To tell more, for which they ask leave or forgiveness."""
    JUDGED = "judged"
    """They ask whether they are bad, or not normal."""
    ATTACHED = "attached"
    REPEATED = "repeated"
    COMPLAINT = "complaint"
    MISUNDERSTOOD = "misunderstood"
    SHORTER = "shorter"
    ASK = "ask"
    LISTEN = "listen"
    PRIVACY = "privacy"
    """Who reads it."""
    KEEPING = "keeping"
    """Whether it is kept."""
    ERASURE = "erasure"
    """How to get rid of what is kept."""
    PRESENCE = "presence"
    """Whether anybody listens."""
    REQUEST = "request"
    """Something else than to be listened to: a joke, a text."""
    INSULTED = "insulted"
    PRAISED = "praised"
    """The coach is."""
    RELIEVED = "relieved"
    """It is a little lighter for them now."""
    IDENTITY = "identity"
    ABILITIES = "abilities"
    WELLBEING = "wellbeing"
    ADVICE = "advice"
    FAREWELL = "farewell"
    ENOUGH = "enough"
    THANKS = "thanks"
    GREETING = "greeting"
    AGREES = "agrees"
    REFUSES = "refuses"
    HESITATES = "hesitates"
    UNSURE = "unsure"


ANSWERS = frozenset({Wish.AGREES, Wish.REFUSES, Wish.HESITATES, Wish.UNSURE})
"""Answers rather than wishes."""


class StepWords(Model):
    """How people speak of steps."""

    names: list[str]
    """How a sentence begins that names one: "I could ring him"."""
    ahead: list[str]
    """Times that lie ahead."""
    offers: list[str]
    """The person thinks of one."""
    assents: list[str]
    """A word of agreement, with which a message begins."""
    binds: list[str]
    """It is settled, wherever in the message it stands."""
    again: list[str]
    failed: list[str]
    drops: list[str]
    """They don't want to do it any more."""
    unlike: list[str]
    """What is no step, though it answers the question for one: a feeling, a past deed, somebody else's, "never"."""
    doubts: list[str]
    """They have second thoughts."""


class HearingData(Model):
    """One file of what is listened for."""

    steps: StepWords
    reported: str

    died: list[str]
    """Words that say of somebody with a name that they died."""
    reports: list[str]
    """What others say."""
    unwished: list[str]
    """What is wished away."""
    addressed: list[str]
    """Sentences that ask something of the coach."""

    wishes: dict[Wish, list[str]]
    unsure: list[str]
    told: dict[Kind, list[str]]
    numbers: dict[str, int]


class Ear:
    """One language, ready to listen."""

    def __init__(self, data: HearingData, locale: Locale) -> None:
        wishes = {**data.wishes, Wish.UNSURE: data.unsure}
        self.reported = re.compile(data.reported)
        self.wishes = {wish: _any_of(patterns) for wish, patterns in wishes.items()}
        self.told = {kind: _any_of(rf"\b(?:{pattern})" for pattern in patterns) for kind, patterns in data.told.items()}
        self.numbers = data.numbers
        self.reports, self.died = _any_of(data.reports), _any_of(data.died)
        self.addressed, self.unwished = _any_of(data.addressed), _any_of(data.unwished)
        self.steps = {
            name: _any_of(rf"\b(?:{pattern})\b" for pattern in patterns)
            for name, patterns in data.steps.model_dump().items()
        }
        lines = bank(locale)
        self.lookalikes = frozenset(lines.lookalikes)
        self.themes: Phrasebook[Theme] = Phrasebook(
            lines.markers, attrgetter("stem"), lambda word: stem(word, locale), frozenset(), lines.blanks
        )


@cache
def ear(locale: Locale) -> Ear:
    """The ear for a language, read and compiled once."""
    return Ear(HearingData.model_validate(read_packaged(__package__, f"coach_hears_{locale}.yaml")), locale)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
