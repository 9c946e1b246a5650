"""Keeps vectors of what people said and of their profiles, and searches them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
from temporalio import activity

from activities.account.tombstones import PostgresTombstones
from activities.encryption.column import TextColumns
from activities.encryption.key_store import REMEMBERED_FOR
from activities.profile.indexing import PROFILES, SAID, ProfileIndex, SaidIndex, profile_point
from activities.profile.profile_store import PostgresProfileStore
from activities.profile.said import MOST_PARTS, SaidTexts
from activities.profile.waiting import NEWS, lock_vectors
from activities.qdrant.vector_store import VectorStore, Wanted
from schema.errors import VectorsAway
from schema.onboarding.bank import BankQuestion
from schema.person import PersonRef
from schema.profile.layers import Reason
from schema.profile.vectors import (
    MOST_FOUND,
    CollectionState,
    Indexing,
    SimilarProfile,
    Vectors,
    VectorsState,
    VectorsTask,
    WordsToFind,
)
from workflows.profile.rules.levels import HALF_LIFE

if TYPE_CHECKING:
    from activities.ai.embedding import Embedder

FEW = 8
"""With fewer done at a time there is no backlog, and what comes next is gathered first."""
LOOK_EVERY = 10.0
"""Seconds between two looks at what waits, when the database has told nothing: news may be lost with a connection."""
FLOOR = 0.2
"""The least similarity that a search shows. Few sentences that have nothing to do with a query have more."""
CONSIDERED = 2 * MOST_FOUND
"""The number of answers that a search reads: some may not be shown."""


class StoredVectors(Vectors):
    """Vectors in a store, made from what PostgreSQL keeps."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        columns: TextColumns,
        store: VectorStore,
        embedder: Embedder,
        bank: Sequence[BankQuestion],
        *,
        half_life: timedelta = HALF_LIFE,
        busy: Callable[[], bool] = lambda: False,
        gives_way: timedelta = timedelta(0),
    ) -> None:
        """While `busy` says that people wait for the machine, indexing gives way for so long, and then catches up."""
        self._pool = pool
        self._store = store
        self._embedder = embedder
        self._texts = SaidTexts(pool, columns)
        self._profiles = PostgresProfileStore(pool, columns, half_life)
        self._bank = {question.id: question for question in bank}
        self._busy = busy
        self._gives_way = gives_way.total_seconds()

    def _said(self) -> SaidIndex:
        return SaidIndex(self._pool, self._store, self._embedder, self._texts, self._bank)

    @activity.defn(name="vectors.index_waiting")
    async def index_waiting(self, turn: Indexing) -> None:
        clock = asyncio.get_running_loop().time
        ends = clock() + turn.lasts.total_seconds()
        await self.forget_erased()
        drawn = ProfileIndex(self._pool, self._store, self._embedder, self._profiles, turn.profiles_rest)
        said = self._said()
        gives_way_until = clock() + self._gives_way
        async with self._news() as news:
            while clock() < ends and not activity.is_worker_shutdown():
                activity.heartbeat()
                if self._busy() and clock() < gives_way_until:
                    await _first_of(activity.wait_for_worker_shutdown(), within=turn.gather.total_seconds())
                    continue
                news.clear()
                # Words first: somebody may look for them.
                done = await said.some() or await drawn.some()
                if not done:
                    await _first_of(news.wait(), activity.wait_for_worker_shutdown(), within=LOOK_EVERY)
                if done < FEW:
                    gives_way_until = clock() + self._gives_way
                    await _first_of(activity.wait_for_worker_shutdown(), within=turn.gather.total_seconds())

    @activity.defn(name="vectors.find_words")
    async def find_words(self, search: WordsToFind) -> list[Reason]:
        if not await self._said().generations.comparable():
            raise VectorsAway("What people said is being read by another embedder: wait until it is through.")
        (vector,) = await self._embedder.embed([search.query])
        found = await self._store.search(
            SAID,
            vector,
            # The nearest may all be parts of few answers.
            limit=CONSIDERED * (1 + MOST_PARTS),
            wanted=Wanted(user_ref=search.user_ref),
        )
        nearest: dict[UUID, UUID] = {}
        for match in found:
            if match.score >= FLOOR:
                nearest.setdefault(match.of, match.point_id)
        considered = dict(islice(nearest.items(), CONSIDERED))
        return (await self._texts.quoted(search.user_ref, considered, search.locale))[:MOST_FOUND]

    @activity.defn(name="vectors.find_similar")
    async def find_similar(self, ref: PersonRef) -> list[SimilarProfile]:
        drawn = ProfileIndex(self._pool, self._store, self._embedder, self._profiles)
        if not (described := await drawn.described(ref.user_ref)) or not await drawn.generations.comparable():
            return []
        (vector,) = await self._embedder.embed([described])
        found = await drawn.similar(PROFILES, ref.user_ref, vector)
        return [SimilarProfile(user_ref=match.user_ref, similarity=match.score) for match in found]

    @activity.defn(name="vectors.forget_person")
    async def forget_person(self, ref: PersonRef) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            # Indexing that has read the person's rows before they were deleted has ended by now.
            await lock_vectors(connection, ref.user_ref)
            # Who was erased may have begun anew.
            kept = {
                row["answer_id"]
                for row in await connection.fetch(
                    "SELECT answer_id FROM onboarding_system.answers WHERE user_ref = $1", ref.user_ref
                )
            }
            if await connection.fetchval(
                "SELECT EXISTS (SELECT FROM onboarding_system.people WHERE user_ref = $1)", ref.user_ref
            ):
                kept.add(profile_point(ref.user_ref))
            if not kept:
                await self._store.forget(ref.user_ref)
                return
            for collection in await self._store.collections():
                if gone := await self._store.ids_of(collection, ref.user_ref) - kept:
                    await self._store.delete(collection, list(gone))

    @activity.defn(name="vectors.look_after")
    async def look_after(self, task: VectorsTask) -> VectorsState:
        if task.rebuild:
            await self._said().rebuild()
            await ProfileIndex(self._pool, self._store, self._embedder, self._profiles).rebuild()
        collections, aliases = await self._store.collections(), await self._store.aliases()
        return VectorsState(
            embedder=self._embedder.name,
            collections=[
                CollectionState(
                    name=name, points=points, aliases=[alias for alias, of in aliases.items() if of == name]
                )
                for name, points in sorted(collections.items())
            ],
        )

    async def forget_erased(self) -> None:
        """Forgets who was erased lately: a backup may have brought them back, or a process died in between."""
        for tombstone in await PostgresTombstones(self._pool).all(REMEMBERED_FOR):
            if activity.in_activity():
                activity.heartbeat()
            await self.forget_person(PersonRef(user_ref=tombstone.key.owner))

    @asynccontextmanager
    async def _news(self) -> AsyncIterator[asyncio.Event]:
        """An event that is set when the database tells that something waits."""
        told = asyncio.Event()

        def listener(*_: object) -> None:
            told.set()

        async with self._pool.acquire() as connection:
            await connection.add_listener(NEWS, listener)
            try:
                yield told
            finally:
                if not connection.is_closed():
                    await connection.remove_listener(NEWS, listener)


async def _first_of(*events: Any, within: float) -> None:
    """Waits for the first of several events, for so many seconds at most."""
    waiting = [asyncio.ensure_future(event) for event in events]
    try:
        await asyncio.wait(waiting, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
