"""The port of vectors: activities that index what people said, find it by meaning, and forget it.

All remote, on `VECTORS_QUEUE`, which one process serves: the one that owns the store of vectors.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta

from temporalio import activity

from schema.base_model import Model
from schema.person import PersonRef
from schema.profile.layers import Reason
from schema.text import CleanText
from schema.vocabulary import Locale

MOST_FOUND = 5
"""The number of answers that a search finds at most."""


class Indexing(Model):
    """Input of `IndexVectors` and of `index_waiting`."""

    # Without defaults, so that a start of another type is refused.
    lasts: timedelta
    """How long one activity goes on before it ends and the next one begins."""
    gather: timedelta
    """How long what comes to wait is gathered: one transaction a person serves all that they said meanwhile."""
    profiles_rest: timedelta
    """How long a profile stays as it is before its vector is drawn anew: while its person speaks it changes often."""


class WordsToFind(Model):
    """Input of `find_words`."""

    user_ref: str
    query: CleanText
    locale: Locale
    """The language of the questions in the result."""


class SimilarProfile(Model):
    """Somebody whose profile is like another one's. It tells who and how much, and no word of theirs."""

    user_ref: str
    similarity: float
    """The cosine similarity, -1 to 1."""


class VectorsTask(Model):
    """Input of `look_after`."""

    rebuild: bool = False
    """Whether all vectors are to be made anew, beside the present ones."""


class CollectionState(Model):
    """One collection of the store."""

    name: str
    points: int
    """The number of texts in it, each with its parts."""
    aliases: list[str] = []
    """The aliases that lead to it: without one, it is filled to take the place of another."""


class VectorsState(Model):
    """How the store of vectors stands."""

    embedder: str
    collections: list[CollectionState]


class Vectors(ABC):
    """Vectors of what people said and of their profiles."""

    @activity.defn(name="vectors.index_waiting")
    @abstractmethod
    async def index_waiting(self, turn: Indexing) -> None:
        """Indexes what waits and what comes to wait, until its time is up. Idempotent."""

    @activity.defn(name="vectors.find_words")
    @abstractmethod
    async def find_words(self, search: WordsToFind) -> list[Reason]:
        """Finds the person's own words that are nearest in meaning. None that speak of danger."""

    @activity.defn(name="vectors.find_similar")
    @abstractmethod
    async def find_similar(self, ref: PersonRef) -> list[SimilarProfile]:
        """Finds the profiles that are most like the person's; nothing while they have none."""

    @activity.defn(name="vectors.forget_person")
    @abstractmethod
    async def forget_person(self, ref: PersonRef) -> None:
        """Deletes the vectors of all that the database no longer keeps of the person. Idempotent."""

    @activity.defn(name="vectors.look_after")
    @abstractmethod
    async def look_after(self, task: VectorsTask) -> VectorsState:
        """Tells how the store stands, after it has begun to rebuild it where that is wanted."""
