"""The prompts: one file per task and language, with its version and the length of an earlier answer in front of it.

A file holds blocks: `instructions` (the same for everybody, so providers can cache it), `request` (the question and
the person's text), `correction` (sent after a reply that did not fit the schema) and, in `deep`, `rewording` (sent
after a reply with words that the guard withholds). `words.*.yaml` put the codes of the bank, and all
that a quote may show, into words. `coach` has `ending` besides, which the person reads.

What is data stands between two lines that end in a mark, the hash of all data in a message: no text can contain a hash
that it is part of, so it cannot close its fence, nor that of another.

A change of a file raises its version; a change of words raises the version of every prompt that they stand in. A test
checks both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from textwrap import shorten
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from activities.ai.insight import Material
from schema.analysis.readings import AnswerInContext
from schema.coaching.context import ReplyContext
from schema.coaching.memory import ToldMessage
from schema.vocabulary import Locale, Objection
from schema.yaml_files import read_yaml

# Plain text for a model, not HTML: escaping would change the person's words.
_JINJA = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
)


class Prompt:
    """One prompt file, ready to render."""

    def __init__(self, task: str, locale: Locale, words: Mapping[str, Any] | None = None) -> None:
        name = f"{task}.{locale.value}"
        _, front, body = _read(f"{name}.md").split("---\n", 2)
        self._front: dict[str, int] = read_yaml(front)
        self._template = _JINJA.from_string(body)
        self._words = words
        self.version = f"{name}@{self._front['version']}"
        self.instructions = self._block("instructions", words=words)

    def _block(self, block: str, **values: object) -> str:
        return "".join(self._template.blocks[block](self._template.new_context(values))).strip()


class TaskPrompt(Prompt):
    """A prompt whose reply has a schema."""

    def correction(self, problem: str) -> str:
        """Asks for the reply again; only the model reads `problem`, which may hold words of the reply."""
        return self._block("correction", problem=problem, mark=mark(problem))

    def rewording(self, withheld: Mapping[str, Collection[Objection]]) -> str:
        """Asks for the reply again; `withheld` names the fields that the guard objects to, and why."""
        return self._block("rewording", withheld=withheld)


class AnswerPrompt(TaskPrompt):
    """A prompt about one answer."""

    def shown(self, answer: AnswerInContext) -> AnswerInContext:
        """The answer with what a model sees of the earlier ones: the beginning of each."""
        earlier = [
            told.model_copy(update={"text": shorten(told.text, self._front["earlier"], placeholder=" …")})
            for told in answer.earlier
        ]
        return answer.model_copy(update={"earlier": earlier})

    def request(self, shown: AnswerInContext) -> str:
        """The question and the fenced texts of the person."""
        texts = [*(told.text for told in shown.earlier), shown.text]
        return self._block("request", answer=shown, mark=mark(*texts), words=self._words)


class InsightPrompt(TaskPrompt):
    """The prompt that looks for a connection across what a person has said."""

    def request(self, material: Material) -> str:
        """The texts with their numbers and days, each fenced, and what is not to be said."""
        texts = [*(text.text for text in material.texts), *material.known, *material.boundaries]
        return self._block("request", material=material, mark=mark(*texts))


class CoachPrompt(Prompt):
    """The prompt of the coach's replies."""

    @property
    def ending(self) -> str:
        """What ends a reply that could not go on without proposing what has failed."""
        return self._block("ending")

    def request(self, context: ReplyContext) -> str:
        """All that the reply rests on, each part fenced; what has nothing in it is left out."""
        return self._block("request", context=context, mark=mark(*texts_of(context)))

    def rewording(self, kinds: Collection[str], reason: str | None, *, begun: bool) -> str:
        """Asks to go on without a sentence that was withheld, or for the reply anew when none stands yet.

        `kinds` are those of `Objection`, and DANGER; `reason` is in words, and may hold those of the person.
        """
        return self._block("rewording", kinds=kinds, reason=reason, begun=begun, mark=mark(reason or ""))


class MemoryPrompt(TaskPrompt):
    """The prompt by which a message is read for what is to be remembered."""

    def request(self, told: ToldMessage) -> str:
        """The message with what is known, all of it fenced."""
        texts = [told.text, told.asked, *(memory.text for memory in told.known)]
        return self._block("request", told=told, mark=mark(*texts))


def texts_of(context: ReplyContext) -> list[str]:
    """All texts that a reply rests on."""
    steps = [text for step in (*context.steps, *context.outcomes, *context.failed) for text in step.texts]
    return [
        *(turn.text for turn in context.turns),
        *(memory.text for memory in (*context.memories, *context.told)),
        *(*context.profile, *context.blocks, *context.boundaries, *context.wishes),
        *steps,
        context.summary,
        context.reworded,
    ]


@cache
def prompt(task: str, locale: Locale) -> AnswerPrompt:
    """The prompt of a reading (`instant`, `deep`) in a language."""
    return AnswerPrompt(task, locale, read_yaml(_read(f"words.{locale.value}.yaml")))


@cache
def insight_prompt(locale: Locale) -> InsightPrompt:
    """The prompt of insights in a language."""
    return InsightPrompt("insight", locale)


@cache
def coach_prompt(locale: Locale) -> CoachPrompt:
    """The prompt of the coach in a language."""
    return CoachPrompt("coach", locale)


@cache
def memory_prompt(locale: Locale) -> MemoryPrompt:
    """The prompt of the memory in a language."""
    return MemoryPrompt("memory", locale)


def _read(file: str) -> str:
    return (resources.files(__package__) / file).read_text(encoding="utf-8")


def mark(*texts: str) -> str:
    """The mark of the lines before and after texts: derived from all of them and part of none."""
    found = "\n".join(texts)
    while True:
        found = hashlib.sha256(found.encode()).hexdigest()[:24]
        if not any(found in text for text in texts):
            return found
