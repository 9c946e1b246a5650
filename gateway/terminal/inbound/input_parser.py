"""What a line that a person typed means: an answer, a choice that is open to them, or a command."""

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
    HELP = "/help"
    QUIT = "/quit"


@dataclass(frozen=True)
class Words:
    """An answer."""

    text: str


@dataclass(frozen=True)
class TooLong:
    """More than a message may hold."""

    length: int


@dataclass(frozen=True)
class Speak:
    """The command /language."""

    locale: Locale


@dataclass(frozen=True)
class Unclear:
    """A command that can't be followed; `hint` is the text that says why."""

    hint: str


Meaning = Words | TooLong | Choice | Command | Speak | Unclear

# People answer a yes-or-no question with words, whatever is numbered.
_IN_WORDS = {
    Choice.AGREE: ("да", "д", "yes", "y"),
    Choice.DECLINE: ("нет", "н", "no", "n"),
}


def meaning(line: str, choices: Sequence[Choice]) -> Meaning:
    """What a line means while these choices are open."""
    said = line.strip()
    if said.startswith("/"):
        return _command(*said.casefold().split())
    short = said.casefold().rstrip(" .)!")
    for number, choice in enumerate(choices, start=1):
        if short == str(number) or short in _IN_WORDS.get(choice, ()):
            return choice
    return TooLong(len(line)) if len(line) > ANSWER_LIMIT else Words(line)


def holds_words(line: str) -> bool:
    """Whether a line says something, rather than nothing or what to do."""
    return bool(line.strip()) and isinstance(meaning(line, ()), Words | TooLong | Unclear)


def _command(name: str, *values: str) -> Command | Speak | Unclear:
    if name == "/language":
        known = len(values) == 1 and values[0] in list(Locale)
        return Speak(Locale(values[0])) if known else Unclear("language-which")
    return Command(name) if name in list(Command) and not values else Unclear("unknown-command")
