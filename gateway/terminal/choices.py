"""What a person in a terminal may choose by a number."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from schema.deliveries import ConsentRequest, FatigueOffer, Goodbye, Message, Paused, Question, Summary


class Choice(StrEnum):
    """What other channels have buttons for; a terminal numbers them from 1."""

    AGREE = "agree"
    DECLINE = "decline"
    GO_ON = "go-on"
    PAUSE = "pause"
    STOP = "stop"
    RESUME = "resume"


def choices_after(messages: Sequence[Message], before: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The choices open after these messages, when those of `before` were open already."""
    choices, offered = before, False
    for message in messages:
        match message:
            case ConsentRequest():
                choices = (Choice.AGREE, Choice.DECLINE)
            case Paused():
                choices = (Choice.RESUME,)
            case FatigueOffer():
                choices = (Choice.GO_ON, Choice.PAUSE if message.suggest == "pause" else Choice.STOP)
                offered = True
            # An offer comes before the question that it is made about.
            case Question() if not offered:
                choices = ()
            case Summary() | Goodbye():
                choices = ()
    return choices
