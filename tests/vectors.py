"""Vectors in tests: a real store in a folder, real embeddings, and a worker that serves them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path

import asyncpg
from temporalio.testing import TimeSkipper, WorkflowEnvironment

from activities.ai.sentence_encoder import SentenceEncoder
from activities.profile.vectors import StoredVectors
from activities.qdrant.edge_store import EdgeStore, edge_store
from activities.qdrant.vector_store import VectorStore
from schema.onboarding.bank import load_bank
from schema.profile.vectors import Indexing
from tests.keys import encryption
from workers.settings import Engine
from workers.vectors import start_indexing, vectors_worker

AT_ONCE = Indexing(lasts=timedelta(minutes=5), gather=timedelta(0), profiles_rest=timedelta(0))
"""Profiles are drawn as soon as they change."""


class Embeds:
    """The sentence encoder, under a name that a test may change."""

    def __init__(self, name: str = "encoder") -> None:
        self.name = name

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[float(number) for number in vector] for vector in _encoder().encode(texts)] if texts else []


@cache
def _encoder() -> SentenceEncoder:
    return SentenceEncoder()


def vectors_on(pool: asyncpg.Pool, store: VectorStore, embeds: Embeds | None = None) -> StoredVectors:
    """What serves the vectors in a store."""
    return StoredVectors(pool, encryption().columns, store, embeds or Embeds(), load_bank())


@asynccontextmanager
async def served(
    env: WorkflowEnvironment | TimeSkipper, pool: asyncpg.Pool, folder: Path, embeds: Embeds | None = None
) -> AsyncIterator[EdgeStore]:
    """Serves the vectors in a folder while the context is open, as one process does."""
    async with (
        edge_store(folder) as store,
        vectors_worker(env.client, vectors_on(pool, store, embeds), Engine()),
    ):
        with env.with_time_skipping_disabled():
            await start_indexing(env.client, AT_ONCE)
        yield store
