"""The choices that a person in a terminal makes by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Literal

from gateway.presentation import insight_words, layer_words
from gateway.presentation.step_words import AFTER_AGREEMENT, AFTER_NOTED, AFTER_PROPOSAL, AFTER_QUESTION
from gateway.presentation.texts.texts import Texts
from gateway.presentation.time_zones import zones_offered
from schema.coaching.agreements import StepAct
from schema.coaching.deliveries import (
    CoachReply,
    MemoryList,
    MemoryQuestion,
    OpenSteps,
    StepAgreed,
    StepNoted,
    StepOutcome,
    StepProposal,
    StepQuestion,
    ZoneKept,
    ZoneQuestion,
)
from schema.danger import Danger
from schema.deliveries import (
    Concern,
    ConsentRequest,
    CrisisSupport,
    FatigueOffer,
    Feedback,
    Goodbye,
    Insights,
    Message,
    Paused,
    ProfileValues,
    Question,
    Reasons,
    SafetyQuestion,
    Summary,
)
from schema.profile.layers import ValueName
from schema.safety.data import other_countries
from schema.vocabulary import Locale


class Choice(StrEnum):
    """A choice that other channels offer as a button; a terminal numbers them from 1."""

    AGREE = "agree"
    DECLINE = "decline"
    PRIVACY = "privacy"
    GO_ON = "go-on"
    PAUSE = "pause"
    STOP = "stop"
    RESUME = "resume"
    KEEP = "keep"
    ERASE_SURE = "erase-sure"
    ERASE_REALLY_SURE = "erase-really-sure"
    SAFE = "safe"
    HELP = "help"
    MISREAD = "misread"


@dataclass(frozen=True)
class AnswerChoice:
    """A short answer that the question `nonce` offers."""

    text: str
    nonce: str


@dataclass(frozen=True)
class OtherCountry:
    """The list of the countries beside those whose contacts support shows at once."""

    danger: Danger


@dataclass(frozen=True)
class Country:
    """The contacts of one of these countries."""

    code: str
    danger: Danger


@dataclass(frozen=True)
class AboutValue:
    """A value of the profile that the person may ask about."""

    value: ValueName


@dataclass(frozen=True)
class NotMe:
    """The person says that a value is not them."""

    value: ValueName


@dataclass(frozen=True)
class NotTrue:
    """The person says that an insight is not true."""

    insight_id: str
    words: str
    """Of the button that other channels have."""


@dataclass(frozen=True)
class StepChoice:
    """What the person may do with a step that was agreed on or proposed."""

    agreement_id: str
    act: StepAct
    number: int | None = None
    """Of the step, where several are listed."""


@dataclass(frozen=True)
class MemoryChoice:
    """Forget or correct a memory of the page on the screen."""

    act: Literal["forget", "correct"]
    memory_id: str
    number: int
    page: int


@dataclass(frozen=True)
class PageChoice:
    """Another page of what is remembered."""

    page: int
    turn: Literal["back", "next"] = "next"


@dataclass(frozen=True)
class LeaveMemory:
    """Leave a memory as it is, after the question what is true instead."""


@dataclass(frozen=True)
class ZoneChoice:
    """A time zone that may be the person's."""

    zone: str


AboutMemory = MemoryChoice | PageChoice | LeaveMemory
"""What may be done with memories."""

Numbered = (
    Choice
    | AnswerChoice
    | OtherCountry
    | Country
    | AboutValue
    | NotMe
    | NotTrue
    | StepChoice
    | ZoneChoice
    | AboutMemory
)
"""Whatever a person chooses by number."""


def countries_of(danger: Danger, locale: Locale) -> tuple[Country, ...]:
    """Returns the countries for a person who is in none of those that support shows at once."""
    return tuple(Country(code, danger) for code in other_countries(locale))


def without_countries(choices: Sequence[Numbered]) -> tuple[Numbered, ...]:
    """Returns the choices that have nothing to do with countries."""
    return tuple(choice for choice in choices if not isinstance(choice, OtherCountry | Country))


def without_values(choices: Sequence[Numbered]) -> tuple[Numbered, ...]:
    """Returns the choices that have nothing to do with values of the profile, or with insights."""
    return tuple(choice for choice in choices if not isinstance(choice, AboutValue | NotMe | NotTrue))


def without_memories(choices: Sequence[Numbered]) -> tuple[Numbered, ...]:
    """Returns the choices that have nothing to do with what is remembered."""
    return tuple(choice for choice in choices if not isinstance(choice, AboutMemory))


def without_steps(choices: Sequence[Numbered]) -> tuple[Numbered, ...]:
    """Returns the choices that have nothing to do with steps."""
    return tuple(choice for choice in choices if not isinstance(choice, StepChoice | ZoneChoice))


def steps_of(message: Message, locale: Locale) -> list[Numbered]:
    """Returns what may be done with the steps of a message."""
    match message:
        case StepProposal():
            return [StepChoice(message.agreement_id, act) for act in AFTER_PROPOSAL]
        case StepAgreed():
            return [StepChoice(message.agreement_id, act) for act in AFTER_AGREEMENT]
        case StepQuestion():
            return [StepChoice(message.agreement_id, act) for act in AFTER_QUESTION]
        case StepNoted():
            return [StepChoice(message.agreement_id, act) for act in AFTER_NOTED]
        case OpenSteps():
            return [
                StepChoice(step.agreement_id, act, number)
                for number, step in enumerate(message.steps, start=1)
                for act in AFTER_AGREEMENT
            ]
        case ZoneQuestion():
            return [ZoneChoice(zone) for zone in zones_offered(locale)]
        case _:
            return []


def memories_of(message: MemoryList) -> list[Numbered]:
    """Returns what may be done with a page of memories."""
    page = message.page
    acts: tuple[Literal["forget", "correct"], ...] = ("forget", "correct")
    chosen: list[Numbered] = [
        MemoryChoice(act, memory.memory_id, number, page.page)
        for number, memory in enumerate(page.memories, start=1)
        for act in acts
    ]
    chosen += [PageChoice(page.page - 1, "back")] if page.page else []
    chosen += [PageChoice(page.page + 1, "next")] if page.page + 1 < page.pages else []
    return chosen


def choices_after(messages: Sequence[Message], before: tuple[Numbered, ...], locale: Locale) -> tuple[Numbered, ...]:
    """Returns the choices that are open after these messages; `before` are those that were open."""
    # A number that denies a value or forgets something for good means so only while nothing else has been said.
    choices, offered, abroad = without_memories(without_values(before)), list[Numbered](), list[Numbered]()
    for message in messages:
        match message:
            case CrisisSupport():
                abroad = [OtherCountry(message.known)]
            case ConsentRequest():
                choices = (Choice.AGREE, Choice.DECLINE, Choice.PRIVACY)
            case Paused():
                choices = (Choice.RESUME,)
            case SafetyQuestion():
                choices = (Choice.SAFE, Choice.HELP, Choice.MISREAD)
                if message.care:
                    abroad = [OtherCountry(message.care)]
            case Concern():
                offered.append(Choice.HELP)
            case ProfileValues():
                choices = (*choices, *map(AboutValue, layer_words.values(message.profile)))
            case Reasons():
                choices = (*choices, NotMe(message.value))
            case Insights():
                words = partial(insight_words.not_true, message, texts=Texts(locale))
                choices = (
                    *choices,
                    *(NotTrue(each.insight_id, words(n)) for n, each in enumerate(message.connections, start=1)),
                )
            case FatigueOffer():
                offered += [Choice.GO_ON, Choice.PAUSE if message.suggest == "pause" else Choice.STOP]
            case Feedback():
                # The question has its answer.
                choices = tuple(choice for choice in choices if not isinstance(choice, AnswerChoice))
            case Question():
                choices = tuple(AnswerChoice(text, message.nonce) for text in message.choices)
            case Summary() | Goodbye() | CoachReply():
                choices = ()
            case StepAgreed() | StepQuestion() | StepOutcome() | OpenSteps() | ZoneKept():
                # What stood open besides, such as a question's answers, stays so.
                choices = (*without_steps(choices), *steps_of(message, locale))
            case MemoryList():
                choices = (*choices, *memories_of(message))
            case MemoryQuestion():
                choices = (*choices, LeaveMemory())
            case StepProposal() | StepNoted() | ZoneQuestion():
                choices = (*choices, *steps_of(message, locale))
    if abroad:
        choices = without_countries(choices)
    # What comes with a question is offered beside its answers; nothing is offered twice.
    return tuple(dict.fromkeys([*choices, *offered, *abroad]))
