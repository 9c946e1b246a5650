"""Creates the language models of a process from its settings: one client per provider, one model per tier."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import SecretStr
from temporalio.exceptions import ApplicationError

from activities.ai.analyst import Analyst
from activities.ai.coach import ReplyWriter, SentenceCheck
from activities.ai.insight import InsightWriter
from activities.ai.memory import MemoryExtractor
from activities.ai.providers import PROVIDERS
from schema.analysis.names import provider_queue
from schema.analysis.routing import ModelRef
from workers.ai_settings import AISettings, ModelSettings
from workers.optional_dependencies import require_extra

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from activities.ai.chat_model import ChatModel
    from activities.ai.embedding import Embedder
    from activities.ai.usage import OnUsage


class Checked(Protocol):
    """Something of a provider's whose key and model can be checked."""

    async def check(self) -> None:
        """Raises `ApplicationError`, with one line for operators, when key or model are refused."""
        ...


class CheckedAnalyst(Analyst, Checked, Protocol):
    """An analyst whose key and model can be checked."""

    async def warm_up(self) -> None:
        """Prepares the client, so that its first call is as fast as later ones."""
        ...


@dataclass(frozen=True)
class LanguageModel:
    """What a model does, with the reference by which workflows name it."""

    reader: ModelRef
    analyst: CheckedAnalyst
    coach: ReplyWriter | None = None
    """Whoever writes the coach's replies with it; None if it only reads."""
    extractor: MemoryExtractor | None = None
    """Whoever reads with it what is to be remembered; set where `coach` is."""
    insights: InsightWriter | None = None
    """Whoever looks for insights with it; whoever writes replies does."""


def readers_of(settings: AISettings) -> list[ModelRef]:
    """Returns the references of the configured models. Raises `OperatorError`."""
    return [
        ModelRef(
            tier=tier,
            company=PROVIDERS[model.provider].name,
            analyst=model.model,
            task_queue=provider_queue(model.provider),
        )
        for tier, model in settings.tiers.items()
    ]


Maker = Callable[[ModelSettings, "OnUsage"], "ChatModel"]
"""Creates one model of a provider."""


@asynccontextmanager
async def language_models(
    settings: AISettings, on_usage: OnUsage, checks: Sequence[SentenceCheck] = ()
) -> AsyncIterator[list[LanguageModel]]:
    """Creates the configured models; their clients close with the context. Raises `OperatorError`.

    `checks` judge each sentence of the coach's replies before anybody sees it.
    """
    tiers = settings.tiers
    if tiers:
        require_extra("models", otherwise=", or run without keys of language models")
    async with AsyncExitStack() as exits:
        makers: dict[str, Maker] = {}
        for slug in {model.provider for model in tiers.values()}:
            key = settings.key_of(slug)
            assert key is not None
            makers[slug] = await exits.enter_async_context(_CLIENTS[slug](key, settings))
        yield [
            _serving(reader, makers[model.provider](model, on_usage), checks)
            for reader, model in zip(readers_of(settings), tiers.values(), strict=True)
        ]


def _serving(reader: ModelRef, model: ChatModel, checks: Sequence[SentenceCheck]) -> LanguageModel:
    # With the SDKs, only when a key is set.
    from activities.ai.language_model import LanguageModelAnalyst  # noqa: PLC0415
    from activities.ai.language_model_coach import LanguageModelCoach  # noqa: PLC0415
    from activities.ai.language_model_insight import LanguageModelInsights  # noqa: PLC0415
    from activities.ai.language_model_memory import LanguageModelExtractor  # noqa: PLC0415

    return LanguageModel(
        reader,
        LanguageModelAnalyst(model),
        coach=LanguageModelCoach(model, checks),
        extractor=LanguageModelExtractor(model),
        insights=LanguageModelInsights(model),
    )


async def warm_up(models: Sequence[LanguageModel]) -> None:
    """Warms up each provider once; takes up to a second of a core."""
    of_each_provider = {model.reader.task_queue: model for model in models}
    for model in of_each_provider.values():
        await model.analyst.warm_up()


async def complaints_of(models: Sequence[LanguageModel]) -> list[str]:
    """Checks keys and models. Returns one line for operators per distinct fault. Takes 2.5 s at most."""
    complaints = await asyncio.gather(*(complaint_of(model.analyst) for model in models))
    return list(dict.fromkeys(line for line in complaints if line))


async def complaint_of(analyst: Checked) -> str | None:
    """Checks one key and model. Returns a line for operators when the provider refuses them."""
    try:
        await analyst.check()
    except ApplicationError as error:
        return f"{error.message}."
    return None


@asynccontextmanager
async def embedder(settings: AISettings, on_usage: OnUsage) -> AsyncIterator[Embedder]:
    """Creates OpenAI's embedder when its key is set, else the offline one."""
    if settings.openai_key is None:
        require_extra("encoder", otherwise=", or set OPENAI_API_KEY")
        from activities.ai.offline.embedding import UniversalSentenceEmbedder  # noqa: PLC0415
        from activities.ai.sentence_encoder import SentenceEncoder  # noqa: PLC0415

        yield UniversalSentenceEmbedder(await asyncio.to_thread(SentenceEncoder))
        return
    from activities.ai.embedding import OpenAIEmbedder  # noqa: PLC0415

    async with _openai_client(settings.openai_key, settings) as client:
        yield OpenAIEmbedder(client, on_usage)


def _openai_client(key: SecretStr, settings: AISettings) -> AsyncOpenAI:
    # The SDKs take a second to import, so only when a key is set.
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient  # noqa: PLC0415

    return AsyncOpenAI(
        api_key=key.get_secret_value(),
        base_url=settings.openai_base_url,
        # The SDKs follow redirects by default, which would send a person's text to another host.
        http_client=DefaultAsyncHttpxClient(follow_redirects=False),
    )


@asynccontextmanager
async def _openai(key: SecretStr, settings: AISettings) -> AsyncIterator[Maker]:
    from activities.ai.openai import OpenAIModel  # noqa: PLC0415

    async with _openai_client(key, settings) as client:
        yield lambda model, on_usage: OpenAIModel(client, model.name, on_usage, effort=_efforts(model))


@asynccontextmanager
async def _anthropic(key: SecretStr, settings: AISettings) -> AsyncIterator[Maker]:
    from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient  # noqa: PLC0415

    from activities.ai.anthropic import AnthropicModel  # noqa: PLC0415

    async with AsyncAnthropic(
        api_key=key.get_secret_value(),
        base_url=settings.anthropic_base_url,
        http_client=DefaultAsyncHttpxClient(follow_redirects=False),
    ) as client:
        yield lambda model, on_usage: AnthropicModel(client, model.name, on_usage, effort=_efforts(model))


_CLIENTS = {"openai": _openai, "anthropic": _anthropic}


def _efforts(model: ModelSettings) -> dict[str, Any]:
    efforts = {"instant": model.instant_effort, "deep": model.deep_effort}
    return {task: effort for task, effort in efforts.items() if effort}
