"""The prompts: one file per task and language, with its version in its front matter.

A file holds three blocks: `instructions` (the same for everybody, so providers can cache it), `request` (the question
and the person's text) and `correction` (sent after a reply that did not fit the schema). The person's text stands
between two fence lines made of its own hash: a text cannot contain its own hash, so it cannot close its fence.
Who changes a file raises its version; a test holds them together.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from schema.analysis import AnswerInContext
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml

# Plain text for a model, not HTML: escaping would change the person's words.
_JINJA = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
)


class Prompt:
    """One prompt file, ready to render."""

    def __init__(self, name: str, version: int, template: Template) -> None:
        self.version = f"{name}@{version}"
        self._template = template
        self.instructions = self._block("instructions")

    def request(self, answer: AnswerInContext) -> str:
        """The question and the fenced text of the person."""
        return self._block("request", answer=answer, fence=fence(answer.text))

    def correction(self, problem: str) -> str:
        """Asks for the reply again; `problem` is for the model alone."""
        return self._block("correction", problem=problem)

    def _block(self, block: str, **values: object) -> str:
        return "".join(self._template.blocks[block](self._template.new_context(values))).strip()


@cache
def prompt(task: str, locale: Locale) -> Prompt:
    """The prompt of a task (`instant`, `deep`) in a language."""
    name = f"{task}.{locale.value}"
    _, front, body = (resources.files(__package__) / f"{name}.md").read_text(encoding="utf-8").split("---\n", 2)
    return Prompt(name, int(read_yaml(front)["version"]), _JINJA.from_string(body))


def fence(text: str) -> str:
    """The word on the lines before and after a text; the same for the same text, and never in it."""
    mark = text
    while True:
        mark = hashlib.sha256(mark.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        if mark not in text:
            return f"ANSWER-{mark}"
