"""The choices that a person in a terminal makes by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from schema.deliveries import (
    Concern,
    ConsentRequest,
    FatigueOffer,
    Feedback,
    Goodbye,
    Message,
    Paused,
    Question,
    SafetyQuestion,
    Summary,
)


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
    """A short answer that the question offers."""

    text: str


Numbered = Choice | AnswerChoice
"""Whatever a person chooses by number."""


def choices_after(messages: Sequence[Message], before: tuple[Numbered, ...]) -> tuple[Numbered, ...]:
    """Returns the choices that are open after these messages; `before` are those that were open."""
    choices, offered = before, False
    for message in messages:
        match message:
            case ConsentRequest():
                choices = (Choice.AGREE, Choice.DECLINE, Choice.PRIVACY)
            case Paused():
                choices = (Choice.RESUME,)
            case SafetyQuestion():
                choices = (Choice.SAFE, Choice.HELP, Choice.MISREAD)
            case Concern():
                choices, offered = (Choice.HELP,), True
            case FatigueOffer():
                choices = (Choice.GO_ON, Choice.PAUSE if message.suggest == "pause" else Choice.STOP)
                offered = True
            # An offer or a concern comes before its question, which must not close it.
            case Feedback():
                # The question has its answer.
                choices = tuple(choice for choice in choices if not isinstance(choice, AnswerChoice))
            case Question():
                answers = tuple(AnswerChoice(text) for text in message.choices)
                choices = (*answers, *(choices if offered else ()))
            case Summary() | Goodbye():
                choices = ()
    return choices
