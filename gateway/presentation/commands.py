"""Recognises a command in what a person wrote: `/skip`, or plain words for it when they are the whole message."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from schema.base_model import Model
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml

_SLASH = re.compile(r"/(?P<name>\w+)(?:@\w+)?[^\w\s/]*(?:\s+(?P<argument>.*))?", re.DOTALL)
_CLAUSE = re.compile(r"[.!?…,;:()\n]+|\s[-—–]+\s")
_APOSTROPHE = re.compile(r"['’`´]")
_ALIASES = {"cancel": "stop"}
"""Commands by another name."""
_LONGEST = 100
"""Characters. A longer text is no command in plain words."""


@dataclass(frozen=True)
class Asked:
    """A command that a person gave. Its name may be unknown."""

    name: str
    argument: str = ""


class _PlainWords(Model):
    """The file `commands.yaml`."""

    polite: dict[Locale, list[str]]
    phrases: dict[str, dict[Locale, list[str]]]


def in_plain_words(text: str) -> bool:
    """Returns whether a command is given without its slash, so that its words may also be meant as such."""
    return not _SLASH.fullmatch(text.strip())


def asked(text: str) -> Asked | None:
    """Returns the command that a text is. None for an answer, also for one that holds words of a command."""
    text = text.strip()
    if found := _SLASH.fullmatch(text):
        name = found["name"].casefold()
        return Asked(_ALIASES.get(name, name), found["argument"] or "")
    if len(text) > _LONGEST:
        return None
    clauses = [words for clause in _CLAUSE.split(text) if (words := _essence(clause))]
    meant = {_commands().get(words) for words in clauses}
    command = meant.pop() if len(meant) == 1 else None
    return Asked(*command.split()) if command else None


def _essence(clause: str) -> str:
    """Returns the words of a clause without case, punctuation and politeness."""
    words = _plain(clause)
    while shorter := next((rest for each in _polite() if (rest := _without(words, each)) != words), None):
        words = shorter
    return "" if words in _polite() else words


def _plain(text: str) -> str:
    text = _APOSTROPHE.sub("", text.casefold().replace("ё", "е"))
    return " ".join(re.findall(r"\w+(?:-\w+)*", text))


def _without(words: str, polite: str) -> str:
    return words.removeprefix(f"{polite} ").removesuffix(f" {polite}")


@cache
def _plain_words() -> _PlainWords:
    return _PlainWords.model_validate(read_yaml((files(__package__) / "commands.yaml").read_text(encoding="utf-8")))


@cache
def _polite() -> Collection[str]:
    return [words for each in _plain_words().polite.values() for words in each]


@cache
def _commands() -> dict[str, str]:
    """The command of each phrase, without the politeness that some phrases begin or end with."""
    return {
        _essence(phrase): command
        for command, languages in _plain_words().phrases.items()
        for phrases in languages.values()
        for phrase in phrases
    }
