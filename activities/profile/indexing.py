"""Makes vectors of what waits for them: of answers, and of profiles."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from activities.profile.generations import Generations
from activities.profile.said import SaidTexts, read_as
from activities.profile.similar_openness import draw_openness
from activities.profile.waiting import (
    Mark,
    WaitingTable,
    answers_due,
    answers_in,
    lock_vectors,
    profiles_due,
    profiles_in,
    stamp,
)
from activities.qdrant.vector_store import Match, Point, VectorStore, Wanted
from schema.onboarding.bank import BankQuestion
from schema.person import PersonRef
from schema.profile.activities import ProfileStore
from schema.vocabulary import Domain, Locale
from workflows.profile.rules.description import description

if TYPE_CHECKING:
    from activities.ai.embedding import Embedder

SAID = "said_512d"
"""The alias of what people said."""
PROFILES = "user_profiles_512d"
"""The alias of people's profiles."""

BATCH = 64
"""How much is read at a time."""
EMBEDDED = 128
"""The number of texts that are embedded at a time, but for the parts of one answer."""
MOST_SIMILAR = 10
"""The number of similar profiles that are told, and of which hints are drawn."""
ALIKE = 0.6
"""From this cosine on, two profiles are similar enough for one to say something of the other."""
_PROFILES = UUID("5bb7a4c4-6a0c-4c52-9d2a-0d4dd9c2f6b1")


def profile_point(user_ref: str) -> UUID:
    """The id of the vector of a person's profile."""
    return uuid.uuid5(_PROFILES, user_ref)


class Index(ABC):
    """One kind of vectors. Each turn of indexing has its own, and looks first whether the store has what it should."""

    def __init__(
        self, pool: asyncpg.Pool, store: VectorStore, embedder: Embedder, alias: str, table: WaitingTable
    ) -> None:
        self._pool = pool
        self._store = store
        self._embedder = embedder
        self.table = table
        self.generations = Generations(store, alias, embedder.name)
        self._checked: str | None = None

    @abstractmethod
    async def _next(self, collection: str) -> int:
        """Indexes the next ones in a collection; returns how many they were."""

    async def some(self) -> int:
        """Indexes some of what waits; returns how many they were. After the last, searches use the collection."""
        collection = await self._collection()
        done = await self._next(collection)
        if not done and await self.table.complete(collection):
            await self.generations.settle(collection)
        return done

    async def rebuild(self) -> None:
        """Begins a new collection beside the present one. Indexing fills it, and then it takes its place."""
        await self.table.expect_in(await self.generations.begin(await stamp(self._pool)))

    async def _collection(self) -> str:
        """The collection to fill. One that is lost, or was made by another embedder, is begun anew."""
        newest = await self.generations.newest()
        if newest is None or newest != self._checked:
            if newest is None or (await self._store.collections())[newest] < await self.table.placed(newest):
                newest = await self.generations.begin(await stamp(self._pool))
            await self.table.expect_in(newest)
            self._checked = newest
        return newest

    async def _place(
        self,
        collection: str,
        user_ref: str,
        rows: Sequence[asyncpg.Record],
        points: Mapping[Any, Sequence[Point]],
        exist: str,
    ) -> None:
        """Stores a person's points, those of each row by its key, and deletes those of the other rows.

        What was erased meanwhile is not stored: an erasure deletes rows first, and points after it has had this lock.
        """
        key = self.table.key
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_vectors(connection, user_ref)
            kept = {row[key] for row in await connection.fetch(exist, [row[key] for row in rows])}
            stored = {row[key]: points[row[key]] for row in rows if row[key] in points and row[key] in kept}
            if stored:
                await self._store.upsert(collection, [point for each in stored.values() for point in each])
            await self._delete([row for row in rows if row[key] not in stored and row["collection"]])
            await self.table.mark(
                connection,
                [Mark(row[key], row["waits_since"], collection if row[key] in stored else None) for row in rows],
            )
            await self.table.drop(connection, [row[key] for row in rows if row[key] not in kept])

    async def _delete(self, rows: Sequence[asyncpg.Record]) -> None:
        """Deletes the points of what is not to be found any more."""
        if rows:
            there = await self._store.collections()
            for row in rows:
                if row["collection"] in there:
                    await self._store.delete(row["collection"], [self._point_of(row)])

    @abstractmethod
    def _point_of(self, row: asyncpg.Record) -> UUID:
        """The id of the point of a row."""


class SaidIndex(Index):
    """The vectors of what people said in their own words: of each answer, by its id, and of each of its sentences."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        store: VectorStore,
        embedder: Embedder,
        texts: SaidTexts,
        bank: Mapping[str, BankQuestion],
    ) -> None:
        super().__init__(pool, store, embedder, SAID, answers_in(pool))
        self._texts = texts
        self._bank = bank

    async def _next(self, collection: str) -> int:
        rows = await answers_due(self._pool, BATCH)
        texts = await self._texts.of([row["answer_id"] for row in rows if not (row["gone"] or row["dangerous"])])
        taken, told = 0, list[tuple[asyncpg.Record, UUID, str]]()
        for row in rows:
            if len(told) >= EMBEDDED:
                break
            taken += 1
            if self._in_own_words(row, text := texts.get(row["answer_id"], "")):
                told += [(row, point_id, part) for point_id, part in read_as(row["answer_id"], text).items()]
        # Outside of any lock: a service may take its time.
        vectors = await self._embedder.embed([text for _, _, text in told])
        points: dict[UUID, list[Point]] = defaultdict(list)
        for (row, point_id, _), vector in zip(told, vectors, strict=True):
            points[row["answer_id"]].append(
                Point(
                    point_id=point_id,
                    vector=vector,
                    user_ref=row["user_ref"],
                    at=row["said_at"],
                    language=Locale(row["language"]),
                    domain=Domain(row["domain"]) if row["domain"] else None,
                    of=row["answer_id"] if point_id != row["answer_id"] else None,
                )
            )
        for user_ref, of_person in _by_person(rows[:taken]).items():
            await self._place(
                collection,
                user_ref,
                of_person,
                points,
                "SELECT answer_id FROM onboarding_system.answers WHERE answer_id = ANY ($1::uuid[])",
            )
        return taken

    def _in_own_words(self, row: asyncpg.Record, text: str) -> bool:
        """Whether there is something to find: a choice is a text of ours."""
        question = self._bank.get(row["question_id"])
        return bool(text.strip()) and not (question and question.offers(text))

    def _point_of(self, row: asyncpg.Record) -> UUID:
        return UUID(str(row["answer_id"]))


class ProfileIndex(Index):
    """The vectors of people's profiles, one a person."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        store: VectorStore,
        embedder: Embedder,
        profiles: ProfileStore,
        rest: timedelta = timedelta(0),
    ) -> None:
        super().__init__(pool, store, embedder, PROFILES, profiles_in(pool))
        self._profiles = profiles
        self._rest = rest

    async def _next(self, collection: str) -> int:
        rows = await profiles_due(self._pool, collection, self._rest, BATCH)
        drawn = {row["user_ref"]: await self.described(row["user_ref"]) for row in rows}
        told = [row for row in rows if drawn[row["user_ref"]]]
        vectors = await self._embedder.embed([drawn[row["user_ref"]] for row in told])
        points = {
            row["user_ref"]: [Point(self._point_of(row), vector, row["user_ref"], at=row["waits_since"])]
            for row, vector in zip(told, vectors, strict=True)
        }
        for row in rows:
            await self._place(
                collection,
                row["user_ref"],
                [row],
                points,
                "SELECT user_ref FROM onboarding_system.people WHERE user_ref = ANY ($1::text[])",
            )
        for user_ref, (point,) in points.items():
            await self._draw_openness(collection, user_ref, point.vector)
        return len(rows)

    async def similar(self, collection: str, user_ref: str, vector: Sequence[float]) -> list[Match]:
        """The profiles that are most like a person's, the most similar first."""
        return await self._store.search(collection, vector, limit=MOST_SIMILAR, wanted=Wanted(but_of=user_ref))

    async def _draw_openness(self, collection: str, user_ref: str, vector: Sequence[float]) -> None:
        """Notes what people of a similar profile opened up to, for the choice of questions."""
        matches = await self.similar(collection, user_ref, vector)
        alike = [match.user_ref for match in matches if match.score >= ALIKE]
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_vectors(connection, user_ref)
            await draw_openness(connection, user_ref, alike)

    async def described(self, user_ref: str) -> str:
        """The words that stand for a person's profile; empty while nothing is visible in it."""
        return description(await self._profiles.read_profile(PersonRef(user_ref=user_ref)))

    def _point_of(self, row: asyncpg.Record) -> UUID:
        return profile_point(row["user_ref"])


def _by_person(rows: Sequence[asyncpg.Record]) -> dict[str, list[asyncpg.Record]]:
    people: dict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        people[row["user_ref"]].append(row)
    return people
