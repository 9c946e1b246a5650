"""Parses a line that a person typed: an answer, an open choice, or a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from gateway.presentation.commands import Asked, asked
from gateway.presentation.time_zones import hours_named, zone_named
from gateway.terminal.choices import Choice, Numbered, StepChoice
from schema.coaching.agreements import HoursAwake, StepAct
from schema.onboarding.messages import ANSWER_LIMIT
from schema.vocabulary import Locale


class Command(StrEnum):
    """A command without a value."""

    SKIP = "skip"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    START = "start"
    NEW = "new"
    PROFILE = "profile"
    INSIGHTS = "insights"
    EVOLUTION = "evolution"
    WHY = "why"
    MEMORY = "memory"
    EXPORT = "export"
    PRIVACY = "privacy"
    DELETE = "delete"
    NOT_QUITE = "notquite"
    DIFFERENTLY = "differently"
    ENOUGH = "enough"
    HELP = "help"
    QUIT = "quit"


@dataclass(frozen=True)
class AnswerText:
    """An answer."""

    text: str


@dataclass(frozen=True)
class TooLong:
    """A text over the limit of an answer; `length` in characters."""

    length: int


@dataclass(frozen=True)
class ChooseLanguage:
    """The command /language."""

    locale: Locale


@dataclass(frozen=True)
class ValueCommand:
    """The commands /why and /notme with words for a value of the profile."""

    name: Literal["why", "notme"]
    words: str


@dataclass(frozen=True)
class StepsCommand:
    """The commands /steps, /quiet, /hours with hours, and /timezone with a zone; without one, it asks for it."""

    name: Literal["steps", "quiet", "hours", "timezone"]
    zone: str | None = None
    hours: HoursAwake | None = None


@dataclass(frozen=True)
class FindWords:
    """The command /find with what is looked for."""

    words: str


@dataclass(frozen=True)
class InvalidCommand:
    """An invalid command; `hint` is the key of the text that says why."""

    hint: str


Meaning = (
    AnswerText
    | TooLong
    | Numbered
    | Command
    | ChooseLanguage
    | StepsCommand
    | ValueCommand
    | FindWords
    | InvalidCommand
)

# People also answer a yes-or-no question in words.
_IN_WORDS = {"agree": ("да", "д", "yes", "y"), "decline": ("нет", "н", "no", "n")}


def meaning(line: str, choices: Sequence[Numbered]) -> Meaning:
    """Parses a line that was begun while these choices were on the screen."""
    short = line.strip().casefold().rstrip(" .)!")
    for number, choice in enumerate(choices, start=1):
        if short == str(number) or short in _in_words(choice):
            return choice
    if command := asked(line):
        return _command(command)
    return TooLong(len(line)) if len(line) > ANSWER_LIMIT else AnswerText(line)


def _in_words(choice: Numbered) -> tuple[str, ...]:
    said = choice.act if isinstance(choice, StepChoice) else choice
    return _IN_WORDS.get(said, ()) if isinstance(said, Choice | StepAct) else ()


def holds_text(line: str) -> bool:
    """Returns whether a line is a text that may need screening: neither empty nor a command without words."""
    return bool(line.strip()) and not isinstance(meaning(line, ()), Command | ChooseLanguage | StepsCommand)


def _command(
    command: Asked,
) -> Command | ChooseLanguage | StepsCommand | ValueCommand | FindWords | InvalidCommand | TooLong:
    argument = command.argument.strip().casefold()
    match command.name:
        case "find":
            words = command.argument.strip()
            if len(words) > ANSWER_LIMIT:
                return TooLong(len(words))
            return FindWords(words) if words else InvalidCommand("find-how")
        case "notme" if not argument:
            return InvalidCommand("terminal-not-me-which")
        case "why" | "notme" as name if argument:
            return ValueCommand(name, argument)
    if command.name == "timezone":
        zone = zone_named(argument)
        return StepsCommand("timezone", zone) if zone or not argument else InvalidCommand("zone-unknown")
    if command.name == "hours":
        hours = hours_named(argument)
        return StepsCommand("hours", hours=hours) if hours else InvalidCommand("hours-how")
    if command.name in ("steps", "quiet") and not argument:
        return StepsCommand("steps" if command.name == "steps" else "quiet")
    if command.name == "language":
        return ChooseLanguage(Locale(argument)) if argument in list(Locale) else InvalidCommand("language-which")
    known = command.name in list(Command) and not argument
    return Command(command.name) if known else InvalidCommand("unknown-command")
