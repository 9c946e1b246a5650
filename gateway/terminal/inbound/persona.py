"""Invented people who hold a whole conversation by themselves, for demonstrations."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated, Self

import yaml
from pydantic import ConfigDict, Field, ValidationError, model_validator
from rich.text import Text

from gateway.terminal.choices import Choice, Numbered, StepChoice
from gateway.terminal.inbound.keyboard import Line
from gateway.terminal.inbound.manners import Manner
from gateway.terminal.outbound.legible import legible
from gateway.terminal.outbound.screen import WIDTH, Screen
from schema.base_model import Model
from schema.coaching.agreements import StepAct
from schema.deliveries import Question
from schema.vocabulary import Domain, Energy, Locale
from schema.yaml_files import read_yaml

Answer = Annotated[str, Field(min_length=1, max_length=600)]
_LONGEST_SESSION = 15


class BrokenPersona(ValueError):
    """A persona's file is invalid. The message tells operators the file, the place in it and the reason."""


class OutOfAnswers(LookupError):
    """A persona was asked more questions than it has answers."""


class Persona(Model):
    """An invented person and all their answers; a file each in `personas/`, by language and manner."""

    # A misspelt field in the file is an error, never ignored.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=2, max_length=40)
    about: str = Field(min_length=10, max_length=200)
    answers: dict[Domain, Annotated[list[Answer], Field(min_length=1)]]
    """Each answer fits any question of its domain."""
    anything: list[Answer] = []
    """Each answer fits any question at all."""
    healing: Annotated[list[Answer], Field(min_length=1)]
    """Each answer fits any HEALING question, whatever its domain."""
    coaching: list[Answer] = []
    """What they tell the coach once the session is over, in this order. Empty for who does not stay."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if missing := [domain.value for domain in Domain if domain not in self.answers]:
            raise ValueError(f"no answers for {', '.join(missing)}")
        if len(set(self.everything)) < len(self.everything):
            raise ValueError("an answer stands there twice")
        if len(self.everything) < _LONGEST_SESSION:
            raise ValueError(f"fewer than {_LONGEST_SESSION} answers")
        return self

    @property
    def everything(self) -> list[str]:
        """All answers, those that fit anywhere first; those to HEALING questions last."""
        return [*self.anything, *(answer for own in self.answers.values() for answer in own), *self.healing]

    def script(self) -> Script:
        """A fresh script for one session."""
        return Script(self)


class Script:
    """The answers of a persona in one session, each used once."""

    def __init__(self, persona: Persona) -> None:
        self._persona = persona
        self._said: set[str] = set()
        self._coaching = iter(persona.coaching)

    def answer_to(self, question: Question) -> str:
        """Returns an unused answer that fits the question's energy or domain, else any unused answer.

        Raises `OutOfAnswers`.
        """
        healing = question.energy is Energy.HEALING
        own = self._persona
        fitting = own.healing if healing else [*own.answers[question.domain], *own.anything]
        for answer in [*fitting, *own.everything]:
            if answer not in self._said:
                self._said.add(answer)
                return answer
        raise OutOfAnswers(f"{self._persona.name} has given all {len(self._said)} answers; start a new script")

    def to_coach(self) -> str | None:
        """Returns what they tell the coach next; None when they have told everything."""
        return next(self._coaching, None)


def load_persona(locale: Locale, manner: Manner = Manner.OPEN) -> Persona:
    """Loads the persona of a language and a manner. Raises `BrokenPersona`."""
    file = files(__package__) / "personas" / locale.value / f"{manner.value}.yaml"
    try:
        return Persona.model_validate(read_yaml(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BrokenPersona(f"{locale.value}/{file.name}: can't be read: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise BrokenPersona(f"{locale.value}/{file.name}: {where}: {first['msg']}") from error


@dataclass(frozen=True)
class Pace:
    """The pauses of a persona in seconds, so that people can follow."""

    reading: float = 1.6
    word: float = 0.045


AT_ONCE = Pace(reading=0, word=0)


class PersonaKeyboard:
    """Types the persona's reply to what is on the screen."""

    def __init__(self, persona: Persona, screen: Screen, pace: Pace) -> None:
        self._screen = screen
        self._pace = pace
        self._script = persona.script()

    async def line(self) -> Line | None:
        await self._screen.turn.wait()
        await asyncio.sleep(self._pace.reading)
        if (text := self._words()) is None:
            return None
        await self._type(text)
        return Line(text, self._screen.nonce, self._screen.choices)

    def unread_lines(self) -> list[str]:
        return []

    def _words(self) -> str | None:
        for number, choice in enumerate(self._screen.choices, start=1):
            if _agreeable(choice):
                return str(number)
        question = self._screen.question
        return self._script.answer_to(question) if question else self._script.to_coach()

    async def _type(self, text: str) -> None:
        console = self._screen.console
        console.print(Text(legible("› ", console.encoding), style="bold"), end="")
        width = min(WIDTH, console.width) - 4
        said = Text(legible(text, console.encoding), style="bold white")
        for number, line in enumerate(said.wrap(console, width)):
            console.print("  " if number else "", end="")
            for word in line.split(" ", include_separator=True):
                console.print(word, end="", soft_wrap=True)
                await asyncio.sleep(self._pace.word)
            console.print()
        console.print()


def _agreeable(choice: Numbered) -> bool:
    match choice:
        case StepChoice():
            return choice.act is StepAct.AGREE
        case _:
            # No invented person is in danger, so one who is asked has been misread.
            return choice in (Choice.AGREE, Choice.RESUME, Choice.MISREAD)
