"""How a language model is asked to read an answer: one request, and at most one correction."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Generic, Literal

from pydantic import ValidationError

from activities.ai.errors import content_refused, failure_of, malformed_output, usage_told
from activities.ai.prompts import Prompt, prompt
from activities.ai.providers import Provider
from activities.ai.replies import DeepReply, InstantReply, Shape, fitting
from activities.ai.usage import OnUsage, Usage, at_least
from schema.analysis.readings import AnswerInContext, DeepAnalysis, InstantFeedback
from schema.model import Model
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import language_of

_CHECK_SECONDS = 2.5

# At DEBUG these log whole requests, and headers that cannot be sent: what a person wrote, and keys.
for _chatty in ("anthropic._base_client", "httpcore2"):
    logging.getLogger(_chatty).setLevel(logging.INFO)


@dataclass(frozen=True)
class Message:
    """One turn of a conversation with a model."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Request:
    """What a provider is asked, whichever it is."""

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
    """The reply as far as it has come, for providers that tell what it takes before it is whole."""


@dataclass(frozen=True)
class Reply:
    """What a provider answered, whichever it is."""

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


# `policies.INSTANT_FEEDBACK` gives an attempt 1.35 s; the rest is for Temporal and the books.
INSTANT = Task("instant", InstantReply, seconds=1.2, max_tokens=400)
# `policies.DEEP_READING` gives an attempt 30 s. Room for thought: reasoning counts as output.
DEEP = Task("deep", DeepReply, seconds=25, max_tokens=8000)


class LanguageModelAnalyst(ABC):
    """Reads answers with a language model. A provider adds only how it is asked: `_complete`."""

    def __init__(self, provider: Provider, model: str, on_usage: OnUsage) -> None:
        self._provider = provider
        self._model = model
        self._on_usage = on_usage
        self.analyst = f"{provider.slug}/{model}"

    @abstractmethod
    async def _complete(self, request: Request) -> Reply:
        """Asks once. May raise whatever the SDK raises."""

    def _paid(self, usage: Mapping[str, Any]) -> Reply:
        """A failure that names what it took, in the provider's own words, as a reply without a text."""
        return Reply(text="", refused=False)

    @abstractmethod
    async def _look_up(self, seconds: float) -> None:
        """Asks the provider whether this key may use the model; costs nothing. May raise whatever the SDK raises."""

    async def warm_up(self) -> None:  # noqa: B027 - most SDKs have nothing that takes long
        """Has the SDK build what it builds at its first reply, so that no person waits for that."""

    async def check(self) -> None:
        """Whether key and model are accepted, within 2.5 s. Raises `ApplicationError` as a reading would."""
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._look_up(_CHECK_SECONDS)
        # Here too, nothing of what an SDK raises goes on as it is.
        except Exception as error:  # noqa: BLE001
            raise failure_of(error, self._provider) from None

    async def instant(self, answer: AnswerInContext) -> InstantFeedback:
        """A reflection in the language of the answer, within 1.4 s or not at all."""
        reply = await self._ask(INSTANT, answer, language_of(answer.text, answer.locale))
        return reply.feedback(self.analyst)

    async def deep(self, answer: AnswerInContext) -> DeepAnalysis:
        """A full reading, in the language that the person chose, within 25 s or not at all."""
        reply = await self._ask(DEEP, answer, answer.locale)
        return reply.analysis(answer.text, self.analyst)

    async def _ask(self, task: Task[Shape], answer: AnswerInContext, locale: Locale) -> Shape:
        usages: list[Usage] = []
        try:
            # The SDKs' timeouts count from byte to byte: only this one ends a reply that trickles in.
            async with asyncio.timeout(task.seconds):
                return await self._converse(task, prompt(task.name, locale), answer, usages)
        except TimeoutError as late:
            raise failure_of(late, self._provider) from None
        finally:
            # A reply that broke off, or that nobody waits for any more, is paid for as well. What books take is none of
            # the model's time.
            for usage in usages:
                await self._on_usage(answer.answer_id, usage)

    async def _converse(self, task: Task[Shape], prompt: Prompt, answer: AnswerInContext, usages: list[Usage]) -> Shape:
        messages = [Message("user", prompt.request(answer))]
        for _ in range(2):
            reply = await self._reply(task, prompt, messages, usages)
            try:
                return fitting(task.shape, reply.text)
            except ValidationError as error:
                problem = _what_is_wrong(error)
            # Providers take no turn without a visible sign.
            messages = [
                *messages,
                Message("assistant", reply.text.strip() or "-"),
                Message("user", prompt.correction(problem)),
            ]
        raise malformed_output(self._provider)

    async def _reply(self, task: Task[Shape], prompt: Prompt, messages: list[Message], usages: list[Usage]) -> Reply:
        request = Request(prompt.instructions, messages, task.name, task.shape, task.max_tokens, task.seconds)
        begun = perf_counter()
        try:
            request.told.append(await self._complete(request))
        # Whatever an SDK raises may quote the prompt or the key, so none of it leaves here as it is.
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
    """For the model alone: where its reply does not fit, without repeating the reply."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "\n".join(f"- {'.'.join(map(str, part['loc'])) or 'reply'}: {part['msg']}" for part in found[:10])
