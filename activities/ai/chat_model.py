"""A language model of a provider: sends it a request, hands on its words as they come, and books what it took."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal

from activities.ai.errors import content_refused, failure_of, usage_told
from activities.ai.providers import Provider
from activities.ai.usage import OnUsage, Usage, at_least
from schema.base_model import Model

_CHECK_SECONDS = 2.5

# At DEBUG these log whole requests and invalid headers, and with them answers and keys.
for _chatty in ("anthropic._base_client", "httpcore2"):
    logging.getLogger(_chatty).setLevel(logging.INFO)


@dataclass(frozen=True)
class Message:
    """One turn of a conversation with a model."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Reply:
    """A reply of any provider."""

    text: str
    refused: bool
    cut: bool = False
    """Whether it ends because it reached `max_tokens`."""
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    tokens_written: int = 0


@dataclass(frozen=True)
class Request:
    """A request to any provider."""

    instructions: str
    messages: list[Message]
    task: str
    """Its name in the usage log."""
    prompt_version: str
    shape: type[Model] | None
    """The schema of the reply; None asks for plain text."""
    max_tokens: int
    seconds: float
    """The timeout of the request."""
    quick: bool
    """Whether a person waits, so that a reasoning model thinks as little as it can."""
    told: list[Reply] = field(default_factory=list)
    """What the provider has told of the reply so far; the last one is the newest."""


class ChatModel(ABC):
    """One model of a provider. A provider implements only what speaks to it."""

    def __init__(self, provider: Provider, model: str, on_usage: OnUsage) -> None:
        self.provider = provider
        self._model = model
        self.on_usage = on_usage
        self.name = f"{provider.slug}/{model}"

    @abstractmethod
    def _words(self, request: Request) -> AsyncGenerator[str]:
        """Sends one request and yields its text as it comes. May raise any exception of the SDK.

        Adds to `request.told` what the provider tells of the reply; at least the whole reply, at its end.
        """

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
            raise failure_of(error, self.provider) from None

    async def reply(self, request: Request, usages: list[Usage]) -> Reply:
        """The whole reply. Adds its usage, also that of a failure. Raises `ApplicationError`."""
        async with aclosing(self.stream(request, usages)) as words:
            async for _ in words:
                pass
        return request.told[-1]

    async def stream(self, request: Request, usages: list[Usage]) -> AsyncGenerator[str]:
        """The reply as it comes; once it is closed, nothing more is received.

        Adds its usage, also that of a failure, and of a stream that is closed before its end an estimate of what the
        provider has not told. Raises `ApplicationError`.
        """
        begun, heard = perf_counter(), list[str]()
        try:
            async with aclosing(self._words(request)) as words:
                async for piece in words:
                    heard.append(piece)
                    yield piece
        # An SDK's exception may quote the prompt or the key, so it is never passed on.
        except Exception as error:  # noqa: BLE001
            if usage := usage_told(error):
                request.told.append(self._paid(usage))
            raise failure_of(error, self.provider) from None
        finally:
            if request.told or heard:
                usages.append(self._usage(request, "".join(heard), perf_counter() - begun))
        if request.told[-1].refused:
            raise content_refused(self.provider)

    def _usage(self, request: Request, heard: str, seconds: float) -> Usage:
        reply = request.told[-1] if request.told else Reply(text="", refused=False)
        sent = "".join([request.instructions, *(message.text for message in request.messages)])
        return Usage(
            analyst=self.name,
            task=request.task,
            prompt_version=request.prompt_version,
            tokens_in=at_least(reply.tokens_in, sent),
            tokens_out=at_least(reply.tokens_out, reply.text or heard),
            tokens_cached=reply.tokens_cached,
            tokens_written=reply.tokens_written,
            latency_ms=seconds * 1000,
        )
