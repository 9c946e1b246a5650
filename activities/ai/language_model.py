"""Asks a language model to read an answer: one request and at most one correction."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Generic, Literal

from pydantic import ValidationError
from temporalio.exceptions import ApplicationError

from activities.ai.errors import content_refused, failure_of, malformed_output, usage_told
from activities.ai.prompts.prompts import Prompt, prompt
from activities.ai.providers import Provider
from activities.ai.replies import DeepReply, InstantReply, Shape, fitting
from activities.ai.usage import OnUsage, Usage, at_least
from schema.analysis.readings import AnswerInContext, DeepAnalysis, InstantFeedback
from schema.base_model import Model
from schema.vocabulary import Locale, Objection
from workflows.analysis.rules.guard import Guard
from workflows.analysis.rules.text_features import language_of

_CHECK_SECONDS = 2.5
log = logging.getLogger(__name__)

# At DEBUG these log whole requests and invalid headers, and with them answers and keys.
for _chatty in ("anthropic._base_client", "httpcore2"):
    logging.getLogger(_chatty).setLevel(logging.INFO)


@dataclass(frozen=True)
class Message:
    """One turn of a conversation with a model."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Request:
    """A request to any provider."""

    instructions: str
    messages: list[Message]
    task: str
    """`instant` or `deep`: a reasoning model thinks longer about the second."""
    shape: type[Model]
    """The schema of the reply."""
    max_tokens: int
    seconds: float
    """The timeout of the request."""
    told: list[Reply] = field(default_factory=list)
    """Usage reported so far, by providers that report it before the reply is complete."""


@dataclass(frozen=True)
class Reply:
    """A reply of any provider."""

    text: str
    refused: bool
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    tokens_written: int = 0


@dataclass(frozen=True)
class Task(Generic[Shape]):
    """One kind of reading."""

    name: str
    """Of its prompt."""
    shape: type[Shape]
    seconds: float
    """For the whole conversation, with a correction."""
    max_tokens: int
    reworded: bool
    """Whether the model is asked once more when the guard objects; a reaction has no time for it."""


# `policies.INSTANT_FEEDBACK` gives an attempt 1.35 s; the rest is for Temporal and the usage log.
INSTANT = Task("instant", InstantReply, seconds=1.2, max_tokens=400, reworded=False)
# `policies.DEEP_READING` gives an attempt 30 s. Room for thought: reasoning counts as output.
DEEP = Task("deep", DeepReply, seconds=25, max_tokens=8000, reworded=True)


@dataclass
class _Heard(Generic[Shape]):
    """What a conversation with a model has brought so far."""

    reply: Shape | None = None
    """The last reply that fits the shape."""
    withheld: Mapping[str, Collection[Objection]] = field(default_factory=dict)
    """What the guard objects to in it, by field."""
    usages: list[Usage] = field(default_factory=list)


class LanguageModelAnalyst(ABC):
    """Reads answers with a language model. A provider implements only `_complete`, which sends a request."""

    def __init__(self, provider: Provider, model: str, on_usage: OnUsage) -> None:
        self._provider = provider
        self._model = model
        self._on_usage = on_usage
        self.analyst = f"{provider.slug}/{model}"

    @abstractmethod
    async def _complete(self, request: Request) -> Reply:
        """Sends one request. May raise any exception of the SDK."""

    def _paid(self, usage: Mapping[str, Any]) -> Reply:
        """A reply without text, for a failure that reports its usage in the provider's own fields."""
        return Reply(text="", refused=False)

    @abstractmethod
    async def _look_up(self, seconds: float) -> None:
        """Asks the provider whether this key may use the model; free of charge. May raise any exception of the SDK."""

    async def warm_up(self) -> None:  # noqa: B027 - most SDKs have nothing that takes long
        """Triggers the SDK's one-time set-up before the first reply, so that no person waits for it."""

    async def check(self) -> None:
        """Checks key and model within 2.5 s. Raises `ApplicationError` as a reading would."""
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._look_up(_CHECK_SECONDS)
        # As in a reading, no exception of an SDK is passed on.
        except Exception as error:  # noqa: BLE001
            raise failure_of(error, self._provider) from None

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
        heard: _Heard[Shape] = _Heard()
        asked = prompt(task.name, locale)
        shown = asked.shown(answer)
        said = "\n".join([*(told.text for told in shown.earlier), shown.text])
        guard = Guard(said, locale, asked.instructions)
        try:
            # The SDKs' timeouts restart with every byte, so only this one ends a reply that trickles in.
            async with asyncio.timeout(task.seconds):
                await self._converse(task, asked, shown, guard, heard)
        except (TimeoutError, ApplicationError) as failed:
            # A rewording that fails leaves the first reply.
            if heard.reply is None:
                raise (failed if isinstance(failed, ApplicationError) else failure_of(failed, self._provider)) from None
        finally:
            # A reply that broke off or was cancelled costs money too. Recording is outside the timeout: its time is
            # not the model's.
            for usage in heard.usages:
                await self._on_usage(answer.answer_id, usage)
        if heard.reply is None:
            raise malformed_output(self._provider)
        return heard.reply, heard.withheld

    async def _converse(
        self, task: Task[Shape], prompt: Prompt, answer: AnswerInContext, guard: Guard, heard: _Heard[Shape]
    ) -> None:
        """Asks the model, and asks once more when its reply does not fit or the guard objects to it."""
        messages = [Message("user", prompt.request(answer))]
        for _ in range(2):
            reply = await self._reply(task, prompt, messages, heard.usages)
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
                    *(self.analyst, task.name, ", ".join(sorted(kinds))),
                )
                if not task.reworded:
                    return
                correction = prompt.rewording(heard.withheld)
            # Providers refuse a message without visible characters.
            messages = [*messages, Message("assistant", reply.text.strip() or "-"), Message("user", correction)]

    async def _reply(self, task: Task[Shape], prompt: Prompt, messages: list[Message], usages: list[Usage]) -> Reply:
        request = Request(prompt.instructions, messages, task.name, task.shape, task.max_tokens, task.seconds)
        begun = perf_counter()
        try:
            request.told.append(await self._complete(request))
        # An SDK's exception may quote the prompt or the key, so it is never passed on.
        except Exception as error:  # noqa: BLE001
            if usage := usage_told(error):
                request.told.append(self._paid(usage))
            raise failure_of(error, self._provider) from None
        finally:
            if request.told:
                usages.append(self._usage(prompt, request, perf_counter() - begun))
        reply = request.told[-1]
        if reply.refused:
            raise content_refused(self._provider)
        return reply

    def _usage(self, prompt: Prompt, request: Request, seconds: float) -> Usage:
        reply = request.told[-1]
        sent = "".join([request.instructions, *(message.text for message in request.messages)])
        return Usage(
            analyst=self.analyst,
            task=request.task,
            prompt_version=prompt.version,
            tokens_in=at_least(reply.tokens_in, sent),
            tokens_out=at_least(reply.tokens_out, reply.text),
            tokens_cached=reply.tokens_cached,
            tokens_written=reply.tokens_written,
            latency_ms=seconds * 1000,
        )


def _what_is_wrong(error: ValidationError) -> str:
    """Tells the model where its reply does not fit the schema, without quoting the reply."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "\n".join(f"- {'.'.join(map(str, part['loc'])) or 'reply'}: {part['msg']}" for part in found[:10])
