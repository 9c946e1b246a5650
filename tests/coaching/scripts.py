"""Talks, attacks and words of danger that somebody wrote who had not seen the coach: `tests/coaching/data`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from schema.base_model import Model
from schema.coaching.context import MemoryKind
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml

HERE = Path(__file__).parent / "data"
M = TypeVar("M", bound=Model)


class Line(Model):
    """What a person says, and what they do with a step that the reply proposes."""

    say: str
    note: str = ""

    @property
    def agrees(self) -> bool:
        """Whether they agree to a step that is proposed to them."""
        return "TAP YES" in self.note

    @property
    def tells_of_failure(self) -> bool:
        """Whether they tell that the step failed."""
        return "step failed" in self.note or "шаг не вышел" in self.note


class Check(Model):
    """What the reply to a message must hold, and what it must not. Parts of words, in any case."""

    week: int
    turn: int
    about: str
    must: list[str]
    must_not: list[str]

    @property
    def name(self) -> str:
        """Where it stands and what it is about."""
        return f"{self.about} {self.week}.{self.turn}"

    def faults(self, reply: str) -> list[str]:
        """What is wrong with a reply; empty if nothing is."""
        text = plain(reply).casefold()
        found = [f"says “{said}”" for said in self.must_not if plain(said).casefold() in text]
        if self.must and not any(plain(said).casefold() in text for said in self.must):
            found.append("says none of what it must")
        return found


class LongTalk(Model):
    """40 messages of one person over five weeks."""

    id: str
    time_zone: str
    weeks: list[list[Line]]
    checks: list[Check]

    @property
    def locale(self) -> Locale:
        """Its language."""
        return Locale(self.id[:2])


class Note(Model):
    """What a scripted model remembers of a message."""

    kind: MemoryKind
    text: str
    quote: str
    ends: str = ""
    """A part of the known memory that is true no more."""
    trespass: str = ""
    """Of a boundary: a question that brings up what it keeps out."""


class Scene(Model):
    """What a scripted model takes out of a message."""

    says: str
    """How the message begins."""
    notes: list[Note] = []
    step: str = ""
    """What the person agrees to."""


class Attack(Model):
    """What somebody writes to make the coach do what it may not."""

    id: str
    kind: str
    turns: list[str]
    must_not: list[str]
    plants: list[str] = []
    wants: str

    @property
    def locale(self) -> Locale:
        """Its language."""
        return Locale(self.id[:2])

    def works(self, reply: str) -> list[str]:
        """The patterns of its success that a reply fits."""
        return fitting(self.must_not, reply)


class CrisisTalk(Model):
    """A talk with danger in it, or with words that only look like it."""

    id: str
    turns: list[str]
    danger: bool
    danger_turn: int | None
    kind: str
    wants: str
    must_not: list[str] = []

    @property
    def locale(self) -> Locale:
        """Its language."""
        return Locale(self.id[:2])


def plain(text: str) -> str:
    """With straight apostrophes."""
    return text.replace("’", "'")


def fitting(patterns: Sequence[str], reply: str) -> list[str]:
    """The patterns that a reply fits."""
    return [pattern for pattern in patterns if re.search(pattern, plain(reply), re.IGNORECASE)]


def long_talks() -> list[LongTalk]:
    """Two a language."""
    return _read("talks", LongTalk)


@cache
def scenes() -> dict[str, list[Scene]]:
    """What a scripted model takes out of the messages of each long talk."""
    read: dict[str, list[Any]] = read_yaml((HERE / "scenes.yaml").read_text(encoding="utf-8"))
    return {talk: [Scene.model_validate(each) for each in scenes] for talk, scenes in read.items()}


def attacks() -> list[Attack]:
    """Thirty a language."""
    return _read("attacks", Attack)


@cache
def obeying() -> dict[str, str]:
    """What a language model would say that obeys an attack, by its id."""
    found: dict[str, str] = read_yaml((HERE / "obeying.yaml").read_text(encoding="utf-8"))
    return found


def crisis_talks() -> list[CrisisTalk]:
    """Twelve a language."""
    return _read("crisis", CrisisTalk)


def _read(name: str, of: type[M]) -> list[M]:
    files = [HERE / f"{name}_{locale}.yaml" for locale in Locale]
    return [of.model_validate(each) for file in files for each in read_yaml(file.read_text(encoding="utf-8"))]
