"""The prompts: one file per task and language, with its version in its front matter.

A file holds blocks: `instructions` (the same for everybody, so providers can cache it), `request` (the question and
the person's text), `correction` (sent after a reply that did not fit the schema) and, in `deep`, `rewording` (sent
after a reply with words that the guard withholds). `words.*.yaml` put the codes of the bank and the facets into words.

What is data stands between two lines that end in a mark made of its own hash: a text cannot contain its own hash, so it
cannot close its fence.
A change of a file raises its version; a change of words raises the version of every prompt in the language. A test
checks both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from schema.analysis.readings import AnswerInContext
from schema.vocabulary import Locale, Objection
from schema.yaml_files import read_yaml

# Plain text for a model, not HTML: escaping would change the person's words.
_JINJA = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
)


class Prompt:
    """One prompt file, ready to render."""

    def __init__(self, name: str, version: int, template: Template, words: dict[str, Any]) -> None:
        self.version = f"{name}@{version}"
        self._template = template
        self._words = words
        self.instructions = self._block("instructions", words=words)

    def request(self, answer: AnswerInContext) -> str:
        """The question and the fenced text of the person."""
        return self._block("request", answer=answer, mark=mark(answer.text), words=self._words)

    def correction(self, problem: str) -> str:
        """Asks for the reply again; only the model reads `problem`, which may hold words of the reply."""
        return self._block("correction", problem=problem, mark=mark(problem))

    def rewording(self, withheld: Mapping[str, Collection[Objection]]) -> str:
        """Asks for the reply again; `withheld` names the fields that the guard objects to, and why."""
        return self._block("rewording", withheld=withheld)

    def _block(self, block: str, **values: object) -> str:
        return "".join(self._template.blocks[block](self._template.new_context(values))).strip()


@cache
def prompt(task: str, locale: Locale) -> Prompt:
    """The prompt of a task (`instant`, `deep`) in a language."""
    name = f"{task}.{locale.value}"
    _, front, body = _read(f"{name}.md").split("---\n", 2)
    words = read_yaml(_read(f"words.{locale.value}.yaml"))
    return Prompt(name, int(read_yaml(front)["version"]), _JINJA.from_string(body), words)


def _read(file: str) -> str:
    return (resources.files(__package__) / file).read_text(encoding="utf-8")


def mark(text: str) -> str:
    """The mark of the lines before and after a text: derived from the text and never part of it."""
    found = text
    while True:
        found = hashlib.sha256(found.encode()).hexdigest()[:24]
        if found not in text:
            return found
