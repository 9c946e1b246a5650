"""Embeddings of texts, for finding earlier answers: the Protocol and OpenAI's implementation."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

from openai import AsyncOpenAI

from activities.ai.errors import failure_of
from activities.ai.providers import EMBEDDING_MODEL, OPENAI
from activities.ai.usage import OnUsage, Usage, at_least, figure
from activities.qdrant.vector_store import DIMENSIONS

_SECONDS = 10.0


class Embedder(Protocol):
    """Turns texts into unit vectors of 512 numbers. Similar texts have a high cosine similarity."""

    name: str
    """Stored with each vector, because vectors of different embedders can't be compared."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, in their order. Raises `ApplicationError` as analysts do."""
        ...


class OpenAIEmbedder:
    """Embeds with `text-embedding-3-small`, shortened to 512 dimensions by OpenAI itself."""

    name = EMBEDDING_MODEL

    def __init__(self, client: AsyncOpenAI, on_usage: OnUsage) -> None:
        # Only Temporal retries.
        self._client = client.with_options(max_retries=0)
        self._on_usage = on_usage

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, in their order, by one request."""
        if not texts:
            return []
        begun = perf_counter()
        try:
            response = await self._client.embeddings.create(
                # The API refuses an empty text, but accepts a space.
                input=[text or " " for text in texts],
                model=self.name.removeprefix(f"{OPENAI.slug}/"),
                dimensions=DIMENSIONS,
                encoding_format="float",
                timeout=_SECONDS,
            )
            vectors = [item.embedding for item in sorted(response.data, key=lambda item: item.index)]
        # The SDK's exception may quote the texts or the key.
        except Exception as error:  # noqa: BLE001
            raise failure_of(error, OPENAI) from None
        usage = Usage(
            analyst=self.name,
            task="embed",
            prompt_version=None,
            tokens_in=at_least(figure(getattr(response.usage, "prompt_tokens", None)), "".join(texts)),
            tokens_out=0,
            tokens_cached=0,
            latency_ms=(perf_counter() - begun) * 1000,
        )
        await self._on_usage(None, usage)
        return vectors
