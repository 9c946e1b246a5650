"""The words with which a person speaks of themselves, for all who listen for them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pydantic import RootModel

from schema.vocabulary import Locale
from schema.yaml_files import read_yaml


class _FirstPerson(RootModel[dict[Locale, frozenset[str]]]):
    """The file `first_person.yaml`."""


def first_person(locale: Locale) -> frozenset[str]:
    """The forms of the first person in a language, in lower case."""
    return _words()[locale]


@cache
def _words() -> dict[Locale, frozenset[str]]:
    text = files(__package__).joinpath("first_person.yaml").read_text(encoding="utf-8")
    return _FirstPerson.model_validate(read_yaml(text)).root
