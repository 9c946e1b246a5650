"""The port of vector stores: Qdrant as a server, or its engine in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from schema.vocabulary import Domain, Locale

DIMENSIONS = 512


@dataclass(frozen=True)
class Point:
    """A vector and what it may be found by. It holds no text: whoever reads a store alone reads nobody's words."""

    point_id: UUID
    """Derived from what it stands for, so that the same text is the same point."""
    vector: Sequence[float]
    """512 numbers, of length 1."""
    user_ref: str
    at: datetime
    """When the text was said, or the profile drawn."""
    language: Locale | None = None
    domain: Domain | None = None
    of: UUID | None = None
    """The point of the whole text that this one is a part of; None for a whole text."""


@dataclass(frozen=True)
class Match:
    """A point that a search found."""

    point_id: UUID
    user_ref: str
    score: float
    """The cosine similarity, -1 to 1."""
    of: UUID
    """The whole text: the point itself, or what it is a part of."""


@dataclass(frozen=True)
class Wanted:
    """What a search looks among; without bounds, among all points."""

    user_ref: str | None = None
    """Only this person's."""
    but_of: str | None = None
    """Anybody's but this person's."""
    language: Locale | None = None
    domain: Domain | None = None
    since: datetime | None = None
    """From this moment on."""
    until: datetime | None = None
    """Before this moment."""


def payload_of(point: Point) -> dict[str, str]:
    """What a store keeps beside a vector, to find it by."""
    known = {
        "user_ref": point.user_ref,
        "at": point.at.isoformat(),
        "language": point.language,
        "domain": point.domain,
        "of": point.of,
    }
    return {key: str(value) for key, value in known.items() if value is not None}


def match_of(point_id: UUID, payload: Mapping[str, Any] | None, score: float) -> Match:
    """What a search found, by what a store keeps beside it: `user_ref` and `of`."""
    kept = payload or {}
    return Match(point_id, kept["user_ref"], score, UUID(kept["of"]) if "of" in kept else point_id)


class VectorStore(Protocol):
    """Collections of vectors of 512 numbers, compared by cosine.

    A text is a point, and so may be parts of it, which come and go with it. It is counted, listed and deleted as one.

    Each collection is read by an alias, so that it can be rebuilt beside the old one and switched at once. Every method
    raises `VectorsAway` while the store can't be reached. A method that is given a collection or an alias that does not
    exist raises `CollectionMissing`; only `drop` has nothing to do then. A collection may be given by an alias.
    """

    async def collections(self) -> dict[str, int]:
        """The collections, each with the number of the texts in it."""
        ...

    async def aliases(self) -> dict[str, str]:
        """The collection behind each alias."""
        ...

    async def create(self, collection: str) -> None:
        """Creates an empty collection, unless it exists."""
        ...

    async def switch(self, alias: str, collection: str) -> None:
        """Lets an alias name this collection from now on, at once for all readers."""
        ...

    async def drop(self, collection: str) -> None:
        """Deletes a collection with its points and its aliases, if it exists."""
        ...

    async def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Stores texts durably, each with all its parts; one that was there is replaced, its parts as well."""
        ...

    async def search(self, alias: str, vector: Sequence[float], *, limit: int, wanted: Wanted) -> list[Match]:
        """The nearest points, the nearest first."""
        ...

    async def ids_of(self, collection: str, user_ref: str) -> set[UUID]:
        """The ids of a person's texts."""
        ...

    async def delete(self, collection: str, texts: Sequence[UUID]) -> None:
        """Deletes these texts with their parts, if they exist."""
        ...

    async def forget(self, user_ref: str) -> None:
        """Deletes a person's points from every collection."""
        ...
