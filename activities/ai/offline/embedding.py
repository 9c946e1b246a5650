"""Embeddings without a network: a text's meaning by the sentence encoder, the same on every machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from activities.ai.sentence_encoder import SentenceEncoder


class UniversalSentenceEmbedder:
    """A whole text as one vector, in one space for all languages of the encoder, so a search may cross them.

    The vector of a text of many sentences says little of each of them, so who wants to find a sentence embeds it alone.
    The mean of its sentences' vectors says no more.
    """

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.name = f"offline/{encoder.name()}"
        self._encoder = encoder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedder")

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A unit vector for each text, in their order."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._vectors, list(texts))

    def _vectors(self, texts: list[str]) -> list[list[float]]:
        if not texts:
            return []
        with self._encoder.on_one_core():
            vectors: list[list[float]] = self._encoder.encode(texts).tolist()
        return vectors
