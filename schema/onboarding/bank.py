"""The question bank: YAML files of `schema/onboarding/questions/`, one a domain, validated with file and line."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError, model_validator

from schema.base_model import Model
from schema.text import CLEANED
from schema.vocabulary import Construct, CrisisKind, Depth, Domain, Energy, Locale, Trust
from schema.yaml_files import compose_yaml, line_of, read_yaml

Wording = Annotated[str, Field(min_length=20, max_length=300), CLEANED]
ShortAnswer = Annotated[str, Field(min_length=2, max_length=40), CLEANED]
"""Short enough that a button shows it whole."""
ShortAnswers = Annotated[list[ShortAnswer], Field(min_length=3, max_length=5)]

ARRIVAL = "arrival"
"""The theme of the questions one of which opens a person's first session; they come at no other time."""


class BankError(ValueError):
    """The bank can't be used. The message names the file, the line and the reason."""


class Choices(Model):
    """Short answers to one question, the same ones in each language: each tells something else of a person."""

    ru: ShortAnswers
    en: ShortAnswers

    @model_validator(mode="after")
    def _alike_and_distinct(self) -> Choices:
        if len(self.ru) != len(self.en):
            raise ValueError("both languages need the same number of choices")
        for choices in (self.ru, self.en):
            if len({choice.casefold() for choice in choices}) < len(choices):
                raise ValueError("a choice stands there twice")
        return self


class BankQuestion(Model):
    """One question of the bank."""

    id: str = Field(pattern=r"^[a-z]+-[a-z]+-\d{2}$")
    domain: Domain
    depth: Depth
    energy: Energy
    trust: Trust
    """The lowest level of trust at which it may be asked."""
    theme: str | None = Field(default=None, pattern=r"^[a-z]+(-[a-z]+)*$")
    """Names the questions that a person would take for the same one."""
    image: bool = False
    """Whether it asks for an image or an invented scene, where some people find nothing to hold on to."""
    after_crisis: list[CrisisKind] = []
    """The dangers after which a HEALING question is fit: it asks for something outside and at hand, for no memory and
    no look into the body, and it names nothing that the danger is made of."""
    never_after: list[CrisisKind] = []
    """Who ever spoke of such a danger is not asked this."""
    listens_for: Annotated[list[Construct], Field(min_length=1, max_length=3)]
    ru: Wording
    en: Wording
    choices: Choices | None = None
    """What a person of few words may choose from. Sore questions have none: they wait for words, or are skipped."""

    @model_validator(mode="after")
    def _deep_and_heavy_need_trust(self) -> BankQuestion:
        deep = self.depth in (Depth.SHADOW, Depth.CORE) or self.energy is Energy.HEAVY
        if deep and self.trust < Trust.CONFIDANT:
            raise ValueError("SHADOW, CORE and HEAVY questions need trust 4 or 5")
        return self

    @model_validator(mode="after")
    def _only_healing_ones_care(self) -> BankQuestion:
        if self.after_crisis and self.energy is not Energy.HEALING:
            raise ValueError("only HEALING questions are fit after a crisis")
        return self

    @model_validator(mode="after")
    def _sore_ones_have_no_choices(self) -> BankQuestion:
        deep = self.depth not in (Depth.SURFACE, Depth.CONSCIOUS) or self.energy is Energy.HEAVY
        if self.choices and (deep or self.never_after):
            raise ValueError("only SURFACE and CONSCIOUS questions that are fit after any danger have choices")
        return self

    def text(self, locale: Locale) -> str:
        """The question in a person's language."""
        return self.ru if locale is Locale.RU else self.en

    def choices_in(self, locale: Locale) -> list[str]:
        """Its choices in a person's language; empty without any."""
        if self.choices is None:
            return []
        return self.choices.ru if locale is Locale.RU else self.choices.en

    def offers(self, text: str) -> bool:
        """Whether a text is one of its choices, in any language."""
        return any(text in self.choices_in(locale) for locale in Locale)


class _DomainFile(Model):
    domain: Domain
    questions: list[BankQuestion]

    @model_validator(mode="before")
    @classmethod
    def _domain_of_each(cls, data: Any) -> Any:
        # A file names its domain once, for all its questions.
        if isinstance(data, dict) and isinstance(data.get("questions"), list):
            domain = data.get("domain")
            questions = [{"domain": domain, **q} if isinstance(q, dict) else q for q in data["questions"]]
            return {**data, "questions": questions}
        return data


def load_bank(folder: Traversable | None = None) -> list[BankQuestion]:
    """All questions, in the order of files and lines.

    Raises `BankError` for a file that can't be read, is no valid YAML, breaks the model, or repeats an id or wording.
    """
    folder = folder if folder is not None else files("schema.onboarding") / "questions"
    seen: dict[str, str] = {}
    bank: list[BankQuestion] = []
    for file in sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name):
        node, parsed = _load(file)
        for index, question in enumerate(parsed.questions):
            where = f"{file.name}:{line_of(node, ('questions', index))}"
            for mark in (question.id, question.ru, question.en):
                if mark in seen:
                    raise BankError(f"{where}: {mark[:60]!r} stands already at {seen[mark]}")
                seen[mark] = where
            bank.append(question)
    if not bank:
        raise BankError(f"{folder}: no question files (*.yaml) here")
    return bank


def _load(file: Traversable) -> tuple[yaml.Node, _DomainFile]:
    try:
        text = file.read_text(encoding="utf-8")
        node = compose_yaml(text)
        data = read_yaml(text)
    except UnicodeDecodeError as error:
        raise BankError(f"{file.name}: not UTF-8 text (byte {error.start})") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BankError(f"{file.name}:{line}: {error.problem}") from error
    if node is None:
        raise BankError(f"{file.name}:1: the file is empty")
    try:
        return node, _DomainFile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if not isinstance(part, int) and part != "questions")
        raise BankError(f"{file.name}:{line_of(node, first['loc'])}: {field or 'file'}: {first['msg']}") from error
