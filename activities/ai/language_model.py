"""Asks a language model to read an answer: one request and at most one correction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic

from pydantic import ValidationError
from temporalio.exceptions import ApplicationError

from activities.ai.chat_model import ChatModel, Message, Request
from activities.ai.errors import failure_of, malformed_output
from activities.ai.prompts.prompts import TaskPrompt, prompt
from activities.ai.replies import DeepReply, InstantReply, Shape, fitting
from activities.ai.usage import Usage
from schema.analysis.readings import AnswerInContext, DeepAnalysis, InstantFeedback
from schema.vocabulary import Locale, Objection
from workflows.analysis.rules.guard import Guard
from workflows.analysis.rules.text_features import language_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task(Generic[Shape]):
    """One kind of reading."""

    name: str
    """Of its prompt."""
    shape: type[Shape]
    seconds: float
    """For the whole conversation, with a correction."""
    max_tokens: int
    quick: bool
    """Whether a person waits for it: then a model thinks as little as it can."""
    reworded: bool
    """Whether the model is asked once more when the guard objects; a reaction has no time for it."""


# `policies.INSTANT_FEEDBACK` gives an attempt 1.35 s; the rest is for Temporal and the usage log.
INSTANT = Task("instant", InstantReply, seconds=1.2, max_tokens=400, quick=True, reworded=False)
# `policies.DEEP_READING` gives an attempt 30 s. Room for thought: reasoning counts as output.
DEEP = Task("deep", DeepReply, seconds=25, max_tokens=8000, quick=False, reworded=True)


@dataclass
class _Heard(Generic[Shape]):
    """What a conversation with a model has brought so far."""

    reply: Shape | None = None
    """The last reply that fits the shape."""
    withheld: Mapping[str, Collection[Objection]] = field(default_factory=dict)
    """What the guard objects to in it, by field."""
    usages: list[Usage] = field(default_factory=list)


class LanguageModelAnalyst:
    """Reads answers with a language model. Raises `ApplicationError` of the types in `activities.ai.errors`."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.analyst = model.name

    async def warm_up(self) -> None:
        """Prepares the model, so that its first reading is as fast as later ones."""
        await self._model.warm_up()

    async def check(self) -> None:
        """Checks key and model within 2.5 s. Raises `ApplicationError` as a reading would."""
        await self._model.check()

    async def instant(self, answer: AnswerInContext) -> InstantFeedback:
        """A reflection in the language of the answer; times out after 1.4 s. Raises `Withheld`."""
        reply, withheld = await self._ask(INSTANT, answer, language_of(answer.text, answer.locale))
        return reply.feedback(self.analyst, withheld)

    async def deep(self, answer: AnswerInContext) -> DeepAnalysis:
        """A full analysis in the language that the person chose; times out after 25 s."""
        reply, withheld = await self._ask(DEEP, answer, answer.locale)
        return reply.analysis(answer, self.analyst, withheld)

    async def _ask(
        self, task: Task[Shape], answer: AnswerInContext, locale: Locale
    ) -> tuple[Shape, Mapping[str, Collection[Objection]]]:
        asked = prompt(task.name, locale)
        shown = asked.shown(answer)
        said = "\n".join([*(told.text for told in shown.earlier), shown.text])
        guard = Guard(said, locale, asked.instructions)
        return await ask(self._model, task, asked, asked.request(shown), guard, about=answer.answer_id)


async def ask(
    model: ChatModel, task: Task[Shape], prompt: TaskPrompt, request: str, guard: Guard, *, about: str | None
) -> tuple[Shape, Mapping[str, Collection[Objection]]]:
    """The model's reply to a request, with what the guard objects to in it, by field.

    What it cost is booked under the id that it is `about`.

    Raises:
        ApplicationError: of the types in `activities.ai.errors`.
    """
    heard: _Heard[Shape] = _Heard()
    try:
        # The SDKs' timeouts restart with every byte, so only this one ends a reply that trickles in.
        async with asyncio.timeout(task.seconds):
            await _converse(model, task, prompt, request, guard=guard, heard=heard)
    except (TimeoutError, ApplicationError) as failed:
        # A rewording that fails leaves the first reply.
        if heard.reply is None:
            raise (failed if isinstance(failed, ApplicationError) else failure_of(failed, model.provider)) from None
    finally:
        # A reply that broke off or was cancelled costs money too. Recording is outside the timeout: its time is
        # not the model's.
        for usage in heard.usages:
            await model.on_usage(about, usage)
    if heard.reply is None:
        raise malformed_output(model.provider)
    return heard.reply, heard.withheld


async def _converse(
    model: ChatModel, task: Task[Shape], prompt: TaskPrompt, first: str, *, guard: Guard, heard: _Heard[Shape]
) -> None:
    """Asks the model, and asks once more when its reply does not fit or the guard objects to it."""
    messages = [Message("user", first)]
    for _ in range(2):
        request = Request(
            instructions=prompt.instructions,
            messages=messages,
            task=task.name,
            prompt_version=prompt.version,
            shape=task.shape,
            max_tokens=task.max_tokens,
            seconds=task.seconds,
            quick=task.quick,
        )
        reply = await model.reply(request, heard.usages)
        try:
            heard.reply = fitting(task.shape, reply.text)
        except ValidationError as error:
            correction = prompt.correction(_what_is_wrong(error))
        else:
            heard.withheld = heard.reply.objections(guard)
            if not heard.withheld:
                return
            kinds = {kind for objections in heard.withheld.values() for kind in objections}
            log.warning(
                "Language models: words of %s (%s) were withheld: %s",
                *(model.name, task.name, ", ".join(sorted(kinds))),
            )
            if not task.reworded:
                return
            correction = prompt.rewording(heard.withheld)
        # Providers refuse a message without visible characters.
        messages = [*messages, Message("assistant", reply.text.strip() or "-"), Message("user", correction)]


def _what_is_wrong(error: ValidationError) -> str:
    """Tells the model where its reply does not fit the schema, without quoting the reply."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "\n".join(f"- {'.'.join(map(str, part['loc'])) or 'reply'}: {part['msg']}" for part in found[:10])
