"""The embedded store of vectors: Qdrant's own engine (PyPI `qdrant-edge-py`) in this process."""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from qdrant_edge import (
    CountRequest,
    DatetimeIndexParams,
    Distance,
    EdgeConfig,
    EdgeOptimizersConfig,
    EdgeShard,
    EdgeVectorParams,
    FieldCondition,
    Filter,
    HasIdCondition,
    HnswIndexConfig,
    IsEmptyCondition,
    KeywordIndexParams,
    MatchAny,
    MatchValue,
    Memory,
    PayloadSchemaType,
    QuantizationSearchParams,
    Query,
    RangeDateTime,
    ScalarQuantizationConfig,
    ScalarType,
    ScrollRequest,
    SearchParams,
    SearchRequest,
    UpdateOperation,
)
from qdrant_edge import Point as EnginePoint

from activities.qdrant.vector_store import DIMENSIONS, Match, Point, Wanted, match_of, payload_of
from schema.errors import CollectionMissing, VectorsAway
from schema.operator_error import OperatorError

T = TypeVar("T")

UNQUANTISED = 10_000
"""So many points may wait for their quantised copies. Making them holds the process for half a second."""
_PAGE = 1_000
# A folder of this prefix is half made or half deleted.
_PARTIAL = ".partial-"

logger = logging.getLogger(__name__)


class StoreInUse(OperatorError):
    """Another process has the store open."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"Another process owns the vectors in {path}. End it, or wait until it ends.")


class EdgeStore:
    """Collections as folders, and a file of aliases, under one path that one process owns.

    What is acknowledged is on the disk: neither a killed process nor the machine's power takes it. There is no
    write-ahead log, which would keep what is deleted.

    The engine keeps the vectors of a collection on disk. It adds copies of one byte a number, which stay in memory, for
    every 10,000 new points, searches those, and compares the best by the whole vectors. There is no graph: nearly all
    searches are among one person's points, and building one holds the process for 12 s at 20,000 points.

    What is deleted leaves no byte on the disk: its segments are written anew, which holds the process for about a
    second at 20,000 points.

    A collection that can't be opened counts as missing, for it can be rebuilt. Its files stay until it is created anew,
    dropped, or anybody is forgotten.
    """

    def __init__(self, path: Path) -> None:
        """Opens the store, and makes it if it is new. Raises `StoreInUse`; blocks."""
        self._path = path
        self._engine = ThreadPoolExecutor(1, thread_name_prefix="vectors")
        self._shards: dict[str, EdgeShard] = {}
        self._damaged: set[str] = set()
        self._lock = self._open()

    def _open(self) -> int:
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise StoreInUse(self._path) from None
        self._aliases = self._read_aliases()
        for folder in self._path.iterdir():
            if folder.name.startswith(_PARTIAL):
                shutil.rmtree(folder)
            elif folder.is_dir():
                self._load(folder)
        return lock

    def _load(self, folder: Path) -> None:
        try:
            self._shards[folder.name] = EdgeShard.load(str(folder))
        # The engine raises nothing more exact.
        except Exception:  # noqa: BLE001
            self._damaged.add(folder.name)
            logger.error("The vectors in %s are damaged: `selfology vectors rebuild` makes them anew", folder)

    async def close(self) -> None:
        """Closes the store for another process. What it is doing is done first."""
        await asyncio.get_running_loop().run_in_executor(self._engine, self._close)
        self._engine.shutdown(wait=False)

    def _close(self) -> None:
        for shard in self._shards.values():
            shard.close()
        self._shards.clear()
        os.close(self._lock)

    async def collections(self) -> dict[str, int]:
        """The collections, each with the number of the texts in it."""
        whole = CountRequest(filter=Filter(must=[IsEmptyCondition("of")]))
        return await self._run(lambda: {name: shard.count(whole) for name, shard in self._shards.items()})

    async def aliases(self) -> dict[str, str]:
        """The collection behind each alias."""
        return await self._run(lambda: dict(self._aliases))

    async def create(self, collection: str) -> None:
        """Creates an empty collection, unless it exists."""

        def create() -> None:
            if collection in self._shards:
                return
            self._remove(collection)
            folder, partial = self._path / collection, self._path / f"{_PARTIAL}{collection}"
            partial.mkdir()
            shard = EdgeShard.create(str(partial), _config())
            for name, index in _INDEXES.items():
                shard.update(UpdateOperation.create_field_index(name, index))
            shard.close()
            partial.rename(folder)
            _sync(self._path)
            self._shards[collection] = EdgeShard.load(str(folder))

        await self._run(create)

    async def switch(self, alias: str, collection: str) -> None:
        """Lets an alias name this collection from now on, at once for all readers."""

        def switch() -> None:
            self._shard(collection)
            self._write_aliases({**self._aliases, alias: collection})

        await self._run(switch)

    async def drop(self, collection: str) -> None:
        """Deletes a collection with its points and its aliases, if it exists."""
        await self._run(lambda: self._remove(collection))

    async def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Stores texts durably, each with all its parts; one that was there is replaced, its parts as well."""

        def upsert() -> None:
            if points:
                shard = self._shard(collection)
                shard.update(UpdateOperation.upsert_points([_engine_point(point) for point in points]))
                texts = {point.of or point.point_id for point in points}
                before = Filter(must=[_parts(texts)], must_not=[HasIdCondition({point.point_id for point in points})])
                if shard.count(CountRequest(filter=before)):
                    _delete(shard, before)
                self._after_writing(shard)

        await self._run(upsert)

    async def search(self, alias: str, vector: Sequence[float], *, limit: int, wanted: Wanted) -> list[Match]:
        """The nearest points, the nearest first."""
        request = SearchRequest(
            query=Query.Nearest(list(vector)),
            limit=limit,
            filter=_filter(wanted),
            params=SearchParams(quantization=QuantizationSearchParams(rescore=True, oversampling=2.0)),
            with_payload=["user_ref", "of"],
        )
        found = await self._run(lambda: self._shard(alias).search(request))
        return [match_of(_uuid(point.id), point.payload, point.score) for point in found]

    async def ids_of(self, collection: str, user_ref: str) -> set[UUID]:
        """The ids of a person's texts."""

        def ids() -> set[UUID]:
            shard, found, offset = self._shard(collection), set[UUID](), None
            while True:
                request = ScrollRequest(
                    offset=offset, limit=_PAGE, filter=_filter(Wanted(user_ref)), with_payload=["of"]
                )
                page, offset = shard.scroll(request)
                found.update(_uuid((record.payload or {}).get("of", record.id)) for record in page)
                if offset is None:
                    return found

        return await self._run(ids)

    async def delete(self, collection: str, texts: Sequence[UUID]) -> None:
        """Deletes these texts with their parts, if they exist."""

        def delete() -> None:
            if texts:
                _delete(self._shard(collection), Filter(should=[HasIdCondition(set(texts)), _parts(texts)]))

        await self._run(delete)

    async def forget(self, user_ref: str) -> None:
        """Deletes a person's points from every collection, and collections that nobody can look into."""

        def forget() -> None:
            for shard in self._shards.values():
                _delete(shard, _filter(Wanted(user_ref)))
            for collection in list(self._damaged):
                self._remove(collection)

        await self._run(forget)

    async def _run(self, work: Callable[[], T]) -> T:
        """Does work in the engine's thread, one piece at a time."""

        def guarded() -> T:
            try:
                self._stay_in_place()
                return work()
            except OperatorError:
                raise
            # The engine's own text may name a point.
            except Exception:  # noqa: BLE001
                raise VectorsAway(
                    f"The vectors in {self._path} can't be read or written. Look for space on its disk and for its"
                    " owner; if the folder is damaged, delete it, start again, and run `selfology vectors rebuild`."
                ) from None

        try:
            return await asyncio.get_running_loop().run_in_executor(self._engine, guarded)
        except RuntimeError:
            raise VectorsAway(f"The vectors in {self._path} are closed.") from None

    def _stay_in_place(self) -> None:
        """Opens what is at the path now, if the folder was deleted or replaced: else writes would go nowhere."""
        try:
            if os.path.samestat(os.stat(self._path / "lock"), os.fstat(self._lock)):
                return
        except FileNotFoundError:
            pass
        logger.error("The vectors in %s were removed: `selfology vectors rebuild` makes them anew", self._path)
        self._shards.clear()
        self._damaged.clear()
        lock, self._lock = self._lock, self._open()
        os.close(lock)

    def _shard(self, name: str) -> EdgeShard:
        name = self._aliases.get(name, name)
        if shard := self._shards.get(name):
            return shard
        raise CollectionMissing(name)

    def _after_writing(self, shard: EdgeShard) -> None:
        info = shard.info()
        if info.points_count - info.indexed_vectors_count >= UNQUANTISED:
            shard.optimize()
        shard.flush()

    def _remove(self, collection: str) -> None:
        self._write_aliases({alias: name for alias, name in self._aliases.items() if name != collection})
        if shard := self._shards.pop(collection, None):
            shard.close()
        self._damaged.discard(collection)
        folder, partial = self._path / collection, self._path / f"{_PARTIAL}{collection}"
        shutil.rmtree(partial, ignore_errors=True)
        if folder.exists():
            folder.rename(partial)
            _sync(self._path)
            shutil.rmtree(partial)

    def _read_aliases(self) -> dict[str, str]:
        try:
            aliases: dict[str, str] = json.loads((self._path / "aliases.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return aliases

    def _write_aliases(self, aliases: dict[str, str]) -> None:
        if aliases == self._aliases:
            return
        new = self._path / "aliases.json.new"
        with new.open("w", encoding="utf-8") as file:
            json.dump(aliases, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path / "aliases.json")
        _sync(self._path)
        self._aliases = aliases


@asynccontextmanager
async def edge_store(path: Path) -> AsyncIterator[EdgeStore]:
    """The store under a path; closed with the context. Raises `StoreInUse` at once."""
    store = await asyncio.to_thread(EdgeStore, path)
    try:
        yield store
    finally:
        await store.close()


_INDEXES: dict[str, PayloadSchemaType | KeywordIndexParams | DatetimeIndexParams] = {
    "user_ref": KeywordIndexParams(is_tenant=True),
    "language": PayloadSchemaType.Keyword,
    "domain": PayloadSchemaType.Keyword,
    "at": DatetimeIndexParams(),
    "of": PayloadSchemaType.Keyword,
}


def _config() -> EdgeConfig:
    return EdgeConfig(
        vectors=EdgeVectorParams(size=DIMENSIONS, distance=Distance.Cosine, memory=Memory.Cold),
        quantization_config=ScalarQuantizationConfig(ScalarType.Int8, quantile=0.99, memory=Memory.Pinned),
        hnsw_config=HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000, max_indexing_threads=1),
        # Anything deleted is reason enough to write a segment anew.
        optimizers=EdgeOptimizersConfig(deleted_threshold=0.0, vacuum_min_vector_number=1),
        max_search_threads=1,
        wal_enabled=False,
    )


def _engine_point(point: Point) -> EnginePoint:
    return EnginePoint(point.point_id, list(point.vector), payload_of(point))


def _delete(shard: EdgeShard, those: Filter) -> None:
    """Deletes points, and writes what they were among anew."""
    shard.update(UpdateOperation.delete_points_by_filter(those))
    shard.optimize()
    shard.flush()


def _parts(texts: Iterable[UUID]) -> FieldCondition:
    """What is a part of these texts."""
    return FieldCondition("of", match=MatchAny([str(text) for text in texts]))


def _filter(wanted: Wanted) -> Filter:
    must = [
        FieldCondition(key, match=MatchValue(str(value)))
        for key, value in (("user_ref", wanted.user_ref), ("language", wanted.language), ("domain", wanted.domain))
        if value is not None
    ]
    if wanted.since or wanted.until:
        since = wanted.since.isoformat() if wanted.since else None
        until = wanted.until.isoformat() if wanted.until else None
        must.append(FieldCondition("at", range=RangeDateTime(gte=since, lt=until)))
    but = [FieldCondition("user_ref", match=MatchValue(wanted.but_of))] if wanted.but_of is not None else []
    return Filter(must=list(must), must_not=list(but))


def _uuid(point_id: int | UUID | str) -> UUID:
    return point_id if isinstance(point_id, UUID) else UUID(str(point_id))


def _sync(folder: Path) -> None:
    """Makes a rename in a folder outlast the machine's power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
