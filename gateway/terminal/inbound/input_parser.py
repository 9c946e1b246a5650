"""Parses a line that a person typed: an answer, an open choice, or a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.terminal.choices import Choice
from schema.onboarding.messages import ANSWER_LIMIT
from schema.vocabulary import Locale


class Command(StrEnum):
    """A command without a value."""

    SKIP = "/skip"
    PAUSE = "/pause"
    RESUME = "/resume"
    STOP = "/stop"
    PROFILE = "/profile"
    NOT_QUITE = "/notquite"
    HELP = "/help"
    QUIT = "/quit"


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
class InvalidCommand:
    """An invalid command; `hint` is the key of the text that says why."""

    hint: str


Meaning = AnswerText | TooLong | Choice | Command | ChooseLanguage | InvalidCommand

# People also answer a yes-or-no question in words.
_IN_WORDS = {
    Choice.AGREE: ("да", "д", "yes", "y"),
    Choice.DECLINE: ("нет", "н", "no", "n"),
}


def meaning(line: str, choices: Sequence[Choice]) -> Meaning:
    """Parses a line while these choices are open."""
    said = line.strip()
    if said.startswith("/"):
        return _command(*said.casefold().split())
    short = said.casefold().rstrip(" .)!")
    for number, choice in enumerate(choices, start=1):
        if short == str(number) or short in _IN_WORDS.get(choice, ()):
            return choice
    return TooLong(len(line)) if len(line) > ANSWER_LIMIT else AnswerText(line)


def holds_text(line: str) -> bool:
    """Returns whether a line is a text that may need screening: neither empty nor a valid command."""
    return bool(line.strip()) and isinstance(meaning(line, ()), AnswerText | TooLong | InvalidCommand)


def _command(name: str, *values: str) -> Command | ChooseLanguage | InvalidCommand:
    if name == "/language":
        known = len(values) == 1 and values[0] in list(Locale)
        return ChooseLanguage(Locale(values[0])) if known else InvalidCommand("language-which")
    return Command(name) if name in list(Command) and not values else InvalidCommand("unknown-command")
