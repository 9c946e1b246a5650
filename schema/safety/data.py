"""The data of safety: phrases that mean danger, contacts for a person in danger, and what a model may not say.

They are YAML files beside this module, read once and validated. A broken file stops the process at its start with
`BrokenSafetyData`, which names the file, the line and what is wrong.
"""

from __future__ import annotations

import datetime
from functools import cache
from importlib import resources
from itertools import product
from typing import Annotated, Literal, Self, TypeVar, get_args

import yaml
from pydantic import ConfigDict, Field, HttpUrl, RootModel, StringConstraints, ValidationError, model_validator

from schema.base_model import Model
from schema.danger import Danger, DangerAbout, SafetyReply
from schema.text import CLEANED
from schema.vocabulary import CrisisKind, Locale, Objection
from schema.yaml_files import compose_yaml, line_of, read_yaml

CountryCode = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
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
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{1,20}$")] | None = None
    """The number, as a phone dials it."""
    url: HttpUrl | None = None
    country: CountryCode | None = None
    """Where it answers; None for a directory of many countries."""
    serves: Text
    hours: Text
    free: bool
    emergency: bool = False
    """Whether it sends help to people in danger right now; such contacts come first."""
    children: bool = False
    """Whether it is for children, and adults who worry about one."""
    harm: bool = False
    """Whether it is for harm that has happened, such as something taken; then it comes first, else not at all."""
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


class ContactsInLanguage(_Entry):
    """The contacts in one language."""

    home: Annotated[list[CountryCode], Field(min_length=1)]
    """The countries whose contacts are shown at once."""
    contacts: list[EmergencyContact]


class Contacts(RootModel[dict[Locale, ContactsInLanguage]]):
    """The file `contacts.yaml`."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for locale in Locale:
            if locale not in self.root:
                raise ValueError(f"{locale.value}: no contacts")
            known = self.root[locale]
            countries = {*known.home, *(contact.country for contact in known.contacts if contact.country)}
            for kind, country in product(CrisisKind, sorted(countries)):
                if not any(c.emergency for c in known.contacts if kind in c.kinds and c.country == country):
                    raise ValueError(f"{locale.value}: no emergency contact for {kind.value} in {country}")
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


class SafetyReplies(RootModel[dict[SafetyReply, list[Text]]]):
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
def safety_replies() -> dict[SafetyReply, list[str]]:
    """What people write in answer to "are you safe right now?". Raises `BrokenSafetyData`."""
    return _load(SafetyReplies, "replies.yaml").root


@cache
def _contacts() -> dict[Locale, ContactsInLanguage]:
    return _load(Contacts, "contacts.yaml").root


def contacts(locale: Locale, danger: Danger, country: str | None = None) -> list[EmergencyContact]:
    """The contacts for a danger in a country, without one in those where the language is at home.

    Emergency numbers come first, then the most useful; directories of many countries come last.
    Raises `BrokenSafetyData`.
    """
    known = _contacts()[locale]
    shown = {country} if country else set(known.home)
    of_a_child = danger.about is DangerAbout.CHILD
    suited = [
        contact
        for contact in known.contacts
        if (contact.country is None or contact.country in shown)
        and danger.kind in contact.kinds
        and (danger.harm or not contact.harm)
    ]
    return sorted(suited, key=lambda c: (c.country is None, not c.emergency, not c.harm, c.children != of_a_child))


def other_countries(locale: Locale) -> list[str]:
    """The countries whose contacts are known beside those that are shown at once, in the order of the file."""
    known = _contacts()[locale]
    countries = dict.fromkeys(contact.country for contact in known.contacts if contact.country)
    return [country for country in countries if country not in known.home]
