"""A Qdrant server as the store of vectors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException, UnexpectedResponse

from activities.qdrant.vector_store import DIMENSIONS, Match, Point, Wanted, match_of, payload_of
from schema.errors import CollectionMissing, VectorsAway

T = TypeVar("T")

_SECONDS = 10
_PAGE = 1_000
_NOT_FOUND, _CONFLICT = 404, 409
_REFUSED = (401, 403)

_INDEXES: dict[str, models.PayloadSchemaType | models.KeywordIndexParams] = {
    # Keeps a person's points together on disk.
    "user_ref": models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True),
    "language": models.PayloadSchemaType.KEYWORD,
    "domain": models.PayloadSchemaType.KEYWORD,
    "at": models.PayloadSchemaType.DATETIME,
    "of": models.PayloadSchemaType.KEYWORD,
}


class ClientStore:
    """Collections of a server. It quantises a segment when it indexes it; the quantised copies stay in memory.

    A write is acknowledged once it is applied. Nothing is tried twice here: only Temporal retries.
    """

    def __init__(self, client: AsyncQdrantClient) -> None:
        self._client = client

    async def collections(self) -> dict[str, int]:
        """The collections, each with the number of the texts in it."""
        whole = models.Filter(must=[models.IsEmptyCondition(is_empty=models.PayloadField(key="of"))])
        listed = await _reached(self._client.get_collections())
        return {
            each.name: (await _reached(self._client.count(each.name, count_filter=whole), each.name)).count
            for each in listed.collections
        }

    async def aliases(self) -> dict[str, str]:
        """The collection behind each alias."""
        listed = await _reached(self._client.get_aliases())
        return {each.alias_name: each.collection_name for each in listed.aliases}

    async def create(self, collection: str) -> None:
        """Creates an empty collection, unless it exists."""
        if not await _reached(self._client.collection_exists(collection)):
            try:
                await self._create(collection)
            except UnexpectedResponse as error:
                # Somebody else creates it at the same moment.
                if error.status_code != _CONFLICT:
                    raise _failure(error, collection) from None
            except (ApiException, QdrantException) as error:
                raise _failure(error, collection) from None
        # What exists may lack indexes, if its creation was interrupted.
        for field, schema in _INDEXES.items():
            await _reached(
                self._client.create_payload_index(collection, field_name=field, field_schema=schema, wait=True),
                collection,
            )

    async def _create(self, collection: str) -> None:
        await self._client.create_collection(
            collection,
            vectors_config=models.VectorParams(size=DIMENSIONS, distance=models.Distance.COSINE, on_disk=True),
            quantization_config=models.ScalarQuantization(
                scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8, quantile=0.99, always_ram=True)
            ),
        )

    async def switch(self, alias: str, collection: str) -> None:
        """Lets an alias name this collection from now on, at once for all readers."""
        operations: list[models.AliasOperations] = [
            models.CreateAliasOperation(create_alias=models.CreateAlias(collection_name=collection, alias_name=alias))
        ]
        if alias in await self.aliases():
            operations.insert(0, models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias)))
        await _reached(self._client.update_collection_aliases(operations), collection)

    async def drop(self, collection: str) -> None:
        """Deletes a collection with its points and its aliases, if it exists."""
        if await _reached(self._client.collection_exists(collection)):
            await _reached(self._client.delete_collection(collection), collection)

    async def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Stores texts durably, each with all its parts; one that was there is replaced, its parts as well."""
        if points:
            structs = [
                models.PointStruct(id=str(point.point_id), vector=list(point.vector), payload=payload_of(point))
                for point in points
            ]
            await _reached(self._client.upsert(collection, structs, wait=True), collection)
            texts = {point.of or point.point_id for point in points}
            await self._delete(
                collection, models.Filter(must=[_parts(texts)], must_not=[_ids(p.point_id for p in points)])
            )

    async def search(self, alias: str, vector: Sequence[float], *, limit: int, wanted: Wanted) -> list[Match]:
        """The nearest points, the nearest first."""
        response = await _reached(
            self._client.query_points(
                alias,
                query=list(vector),
                limit=limit,
                query_filter=_filter(wanted),
                search_params=models.SearchParams(
                    quantization=models.QuantizationSearchParams(rescore=True, oversampling=2.0)
                ),
                with_payload=["user_ref", "of"],
            ),
            alias,
        )
        return [match_of(UUID(str(point.id)), point.payload, point.score) for point in response.points]

    async def ids_of(self, collection: str, user_ref: str) -> set[UUID]:
        """The ids of a person's texts."""
        found, offset = set[UUID](), None
        while True:
            page, offset = await _reached(
                self._client.scroll(
                    collection,
                    scroll_filter=_filter(Wanted(user_ref)),
                    limit=_PAGE,
                    offset=offset,
                    with_payload=["of"],
                ),
                collection,
            )
            found.update(UUID(str((record.payload or {}).get("of", record.id))) for record in page)
            if offset is None:
                return found

    async def delete(self, collection: str, texts: Sequence[UUID]) -> None:
        """Deletes these texts with their parts, if they exist."""
        if texts:
            await self._delete(collection, models.Filter(should=[_ids(texts), _parts(texts)]))

    async def forget(self, user_ref: str) -> None:
        """Deletes a person's points from every collection."""
        for collection in await self.collections():
            await self._delete(collection, _filter(Wanted(user_ref)))

    async def _delete(self, collection: str, those: models.Filter) -> None:
        await _reached(self._client.delete(collection, models.FilterSelector(filter=those), wait=True), collection)


@asynccontextmanager
async def client_store(url: str, api_key: str | None = None) -> AsyncIterator[ClientStore]:
    """The store of a server; its connections close with the context. Nothing is asked of the server yet."""
    # The check would ask the server's version, and warn where it is away.
    client = AsyncQdrantClient(url=url, api_key=api_key, timeout=_SECONDS, check_compatibility=False)
    try:
        yield ClientStore(client)
    finally:
        await client.close()


async def _reached(call: Awaitable[T], collection: str | None = None) -> T:
    """The reply of the server. Raises what a caller may act on."""
    try:
        return await call
    except (ApiException, QdrantException) as error:
        raise _failure(error, collection) from None
    except ValueError as error:
        # So says the client in memory what a server says by a status.
        if collection is None or "not found" not in str(error):
            raise
        raise CollectionMissing(collection) from None


def _failure(error: Exception, collection: str | None) -> Exception:
    """What an error of the client means. It repeats nothing of it: a foreign text may quote a request."""
    status = error.status_code if isinstance(error, UnexpectedResponse) else None
    if status == _NOT_FOUND and collection is not None:
        return CollectionMissing(collection)
    if status in _REFUSED:
        return VectorsAway("Qdrant refuses the key. Set QDRANT_API_KEY to one that it takes.")
    if status is not None:
        return VectorsAway(f"Qdrant answered with status {status}. Look at its log.")
    return VectorsAway("Qdrant can't be reached. Start it, or correct QDRANT_URL.")


def _ids(points: Iterable[UUID]) -> models.HasIdCondition:
    return models.HasIdCondition(has_id=[str(point) for point in points])


def _parts(texts: Iterable[UUID]) -> models.FieldCondition:
    """What is a part of these texts."""
    return models.FieldCondition(key="of", match=models.MatchAny(any=[str(text) for text in texts]))


def _filter(wanted: Wanted) -> models.Filter:
    must: list[models.Condition] = [
        models.FieldCondition(key=key, match=models.MatchValue(value=str(value)))
        for key, value in (("user_ref", wanted.user_ref), ("language", wanted.language), ("domain", wanted.domain))
        if value is not None
    ]
    if wanted.since or wanted.until:
        must.append(models.FieldCondition(key="at", range=models.DatetimeRange(gte=wanted.since, lt=wanted.until)))
    but: list[models.Condition] = []
    if wanted.but_of is not None:
        but.append(models.FieldCondition(key="user_ref", match=models.MatchValue(value=wanted.but_of)))
    return models.Filter(must=must, must_not=but)
