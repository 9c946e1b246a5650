"""The collections behind one alias: the one that is searched, and one that is filled to take its place."""

from __future__ import annotations

import re

from activities.qdrant.vector_store import VectorStore

_LAYOUT = "parts"
"""What collections hold beside whole texts. Under another name of it, all are made anew."""


class Generations:
    """Collections of one kind of vectors. Each is named by its alias, its embedder, its layout and when it was begun.

    So vectors of two embedders never meet, and a new collection is never taken for one that was lost.
    """

    def __init__(self, store: VectorStore, alias: str, embedder: str) -> None:
        self._store = store
        self.alias = alias
        self._comparable = f"{alias}-{re.sub(r'[^a-z0-9]+', '_', embedder.lower()).strip('_')}-"
        self._ours = f"{self._comparable}{_LAYOUT}-"

    async def newest(self) -> str | None:
        """The collection to fill: the newest of this embedder and layout; None when there is none."""
        return max((name for name in await self._store.collections() if name.startswith(self._ours)), default=None)

    async def begin(self, stamp: str) -> str:
        """Makes the next collection; `stamp` tells when, and sorts after those before."""
        await self._store.create(name := f"{self._ours}{stamp}")
        if await self.searched() is None:
            # Nothing is searched meanwhile, so what comes in is found at once.
            await self._store.switch(self.alias, name)
        return name

    async def searched(self) -> str | None:
        """The collection that the alias leads to; None when it leads nowhere."""
        found = (await self._store.aliases()).get(self.alias)
        return found if found in await self._store.collections() else None

    async def comparable(self) -> bool:
        """Whether the collection that is searched is of this embedder."""
        return (await self.searched() or "").startswith(self._comparable)

    async def settle(self, collection: str) -> None:
        """Lets searches use a collection that is filled, and drops the others of this kind."""
        if await self.searched() != collection:
            await self._store.switch(self.alias, collection)
        for name in await self._store.collections():
            if name != collection and name.startswith(f"{self.alias}-"):
                await self._store.drop(name)
