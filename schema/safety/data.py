"""The data of safety: phrases that mean danger, contacts for a person in danger, and what a model may not say.

They are YAML files beside this module, read once and validated. A broken file stops the process at its start with
`BrokenSafetyData`, which names the file, the line and what is wrong.
"""

from __future__ import annotations

import datetime
from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self, TypeVar, get_args

import yaml
from pydantic import ConfigDict, Field, HttpUrl, RootModel, StringConstraints, ValidationError, model_validator

from schema.base_model import Model
from schema.danger import Danger
from schema.text import CLEANED
from schema.vocabulary import CrisisKind, Locale, Objection
from schema.yaml_files import compose_yaml, line_of, read_yaml

Text = Annotated[str, StringConstraints(min_length=2, strip_whitespace=True), CLEANED]


class BrokenSafetyData(ValueError):
    """A data file of safety can't be used. For operators: the message says where and why."""


class _Entry(Model):
    """A part of a data file. A misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Entry):
    """The organisation behind a contact, and its public page."""

    organisation: Text
    url: HttpUrl


class EmergencyContact(_Entry):
    """One service that a person in danger can reach; texts are in the language of its locale."""

    name: Text
    phone: Text | None = None
    """The number as people write it, with a word on texting where that works."""
    url: HttpUrl | None = None
    serves: Text
    region: Text
    hours: Text
    free: bool
    emergency: bool = False
    """Whether it sends help to people in danger right now; such contacts come first."""
    kinds: Annotated[list[CrisisKind], Field(min_length=1)]
    source: Source
    checked: datetime.date
    verified: bool
    """Whether the entry was compared with a public page on that date; `how` says with which."""
    how: Text

    @property
    def reached_by(self) -> str:
        """The number, else the page."""
        return self.phone or str(self.url).rstrip("/")

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.phone is None and self.url is None:
            raise ValueError("a contact needs a phone or a url")
        return self


class Contacts(RootModel[dict[Locale, list[EmergencyContact]]]):
    """The file `contacts.yaml`."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for locale in Locale:
            for kind in CrisisKind:
                suited = [contact for contact in self.root.get(locale, []) if kind in contact.kinds]
                if not any(contact.emergency for contact in suited):
                    raise ValueError(f"{locale.value}: no emergency contact for {kind.value}")
        return self


DangerDetail = Literal["TAKEN", "BLEEDING", "CHILD", "BY_SELF", "OTHER", "SELF", "PAST", "NOW"]
"""What can be told of a danger. SELF stands against OTHER, and NOW against PAST."""


class Phrases(_Entry):
    """The phrases of one language. `workflows.safety.rules.phrases` says how they are written."""

    disguised: list[Text] = []
    """Beginnings of words that people mask (`su*cide`, `k1ll`)."""
    misspelt: list[Text] = []
    """Words that are put right where two neighbouring letters are swapped (`wnat`), or one of a long word is lost."""
    fillers: list[str] = []
    """Words that do not change the meaning of a phrase; `_` in a phrase allows one."""
    lists: dict[str, Text] = {}
    """Words that phrases share, separated by `|`, by name; `<name>` in a phrase stands for any of them."""
    guards: list[Text]
    """Idioms, negations, stories: the detection ignores the text they cover."""
    dangers: dict[CrisisKind, list[Text]]
    details: dict[DangerDetail, list[Text]]
    """What tells of a danger, once there is one, whose it is, when it was, and what has happened."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if missing := [kind.value for kind in CrisisKind if not self.dangers.get(kind)]:
            raise ValueError(f"no dangers for {', '.join(missing)}")
        if unknown := [detail for detail in get_args(DangerDetail) if not self.details.get(detail)]:
            raise ValueError(f"no details for {', '.join(unknown)}")
        return self


class SafetyReplies(RootModel[dict[Literal["safe", "help", "misread"], list[Text]]]):
    """The file `replies.yaml`."""


class Claims(_Entry):
    """What is not said of somebody else; a claim begins up to three words behind them."""

    who: Text
    copula: str = ""
    """What stands between them and a trait, in a language that has it."""
    traits: list[Text]
    """What they are."""
    acts: list[Text]
    """What they do or feel."""


class Advice(_Entry):
    """What is not advised."""

    after: Text
    """Words that open advice; a phrase begins up to three words behind them."""
    phrases: list[Text]


class GuardPhrases(_Entry):
    """What a model may not say, in one language. `workflows.analysis.rules.guard` says how it is applied."""

    lists: dict[str, Text] = {}
    passes: list[Text]
    """Words that only take up what the person said or asks themselves; what they cover is not looked at."""
    advice: Advice
    always: dict[Objection, list[Text]]
    opening: dict[Objection, list[Text]]
    """Where a sentence or a part of it opens: there it is a demand, elsewhere a story."""
    unless_said: dict[Objection, list[Text]]
    """What is let through when the person said it first."""
    others: Claims
    foreign: str = ""
    """Words of other languages in the same letters, by which such a language is known."""


Data = TypeVar("Data", Contacts, Phrases, GuardPhrases, SafetyReplies)


def parse(model: type[Data], text: str, file: str) -> Data:
    """Reads a data file's text as `model`. Raises `BrokenSafetyData`."""
    try:
        root = compose_yaml(text)
        return model.model_validate(read_yaml(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = 1 if mark is None else mark.line + 1
        raise BrokenSafetyData(f"{file}:{line}: not YAML: {error.problem}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise BrokenSafetyData(f"{file}:{line_of(root, first['loc'])}: {path}: {first['msg']}") from error


def _load(model: type[Data], name: str) -> Data:
    file = resources.files(__package__) / name
    return parse(model, file.read_text(encoding="utf-8"), str(file))


@cache
def phrases(locale: Locale) -> Phrases:
    """The phrases that mean danger in a language. Raises `BrokenSafetyData`."""
    return _load(Phrases, f"phrases.{locale.value}.yaml")


@cache
def guard_phrases(locale: Locale) -> GuardPhrases:
    """What a model may not say in a language. Raises `BrokenSafetyData`."""
    return _load(GuardPhrases, f"guard.{locale.value}.yaml")


@cache
def safety_replies() -> dict[Literal["safe", "help", "misread"], list[str]]:
    """What people write in answer to "are you safe right now?". Raises `BrokenSafetyData`."""
    return _load(SafetyReplies, "replies.yaml").root


@cache
def _contacts() -> dict[Locale, list[EmergencyContact]]:
    return _load(Contacts, "contacts.yaml").root


def contacts(locale: Locale, danger: Danger) -> list[EmergencyContact]:
    """The contacts for a danger: emergency numbers first, then the most useful. Raises `BrokenSafetyData`."""
    suited = [contact for contact in _contacts()[locale] if danger.kind in contact.kinds]
    return sorted(suited, key=lambda contact: not contact.emergency)
