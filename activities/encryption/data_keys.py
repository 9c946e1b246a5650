"""The data keys that a process uses: fetched once, kept for a short time."""

from __future__ import annotations

from cachetools import TTLCache

from activities.encryption.data_key import DataKey
from activities.encryption.key_store import KeyStore, WrappedKey
from activities.encryption.master_keys import MasterKeys
from schema.errors import Undecipherable
from schema.keys.key_id import SYSTEM, KeyId

KEPT_FOR = 60.0
"""Seconds that a process uses a key before it asks for it again: so long it can still read who was erased."""
MOST = 10_000
"""Keys that a process holds. Each takes about 1 KiB."""


class DataKeys:
    """Hands out data keys, and makes those that are missing.

    Only a person's own step, by `begin`, makes a new key after the old one was destroyed. Whoever writes late, after an
    erasure, gets none.
    """

    def __init__(self, store: KeyStore, masters: MasterKeys, *, kept_for: float = KEPT_FOR) -> None:
        self._store = store
        self._masters = masters
        self._keys: TTLCache[KeyId, DataKey] = TTLCache(MOST, kept_for)
        self._newest: TTLCache[str, DataKey] = TTLCache(MOST, kept_for)

    async def begin(self, owner: str) -> DataKey:
        """The newest key of somebody who has just done something; a new one where there is none.

        Raises:
            KeysAway: the store or the master keys can't be reached, or one is missing.
            Undecipherable: the wrapped key is damaged.
        """
        newest = await self._store.newest(owner)
        if newest.key is None:
            await self._make(KeyId(owner, newest.version + 1))
            newest = await self._store.newest(owner)
        if newest.key is None:
            raise _destroyed(KeyId(owner, newest.version))
        return await self._unwrapped(newest.key)

    async def newest(self, owner: str) -> DataKey:
        """The key under which something of this owner is written now; the first one is made.

        Raises:
            KeysAway: the store or the master keys can't be reached, or one is missing.
            Undecipherable: the key is destroyed or damaged.
        """
        if (known := self._newest.get(owner)) is not None:
            return known
        newest = await self._store.newest(owner)
        if newest.key is None and newest.version and owner != SYSTEM:
            raise _destroyed(KeyId(owner, newest.version))
        return await self._unwrapped(newest.key) if newest.key else await self.begin(owner)

    async def get(self, key_id: KeyId) -> DataKey:
        """The key of this id.

        Raises:
            KeysAway: the store or the master keys can't be reached, or one is missing.
            Undecipherable: the key is destroyed or damaged.
        """
        if (known := self._keys.get(key_id)) is not None:
            return known
        if (kept := await self._store.get(key_id)) is None:
            raise _destroyed(key_id)
        return await self._unwrapped(kept)

    async def last(self, owner: str) -> KeyId:
        """The id of the owner's newest key, destroyed or not, or of their first when there has been none yet.

        Who wrote in clear only has none, and is remembered all the same once they are erased. Raises `KeysAway`.
        """
        return KeyId(owner, (await self._store.newest(owner)).version or 1)

    async def destroy(self, last: KeyId) -> None:
        """Makes everything unreadable that was written under a key and those before it. Raises `KeysAway`."""
        await self._store.destroy(last)
        self._newest.pop(last.owner, None)
        for key_id in [key_id for key_id in self._keys if key_id.owner == last.owner]:
            self._keys.pop(key_id, None)

    async def _make(self, key_id: KeyId) -> None:
        master, wrapped = await self._masters.wrap(DataKey.random(), key_id)
        # Another process may have made one first; then that one stays.
        await self._store.add(WrappedKey(key_id, master, wrapped))

    async def _unwrapped(self, kept: WrappedKey) -> DataKey:
        # A channel asks the store at each message; to unwrap each time would be a call of Vault's.
        if (key := self._keys.get(kept.id)) is None:
            key = DataKey(kept.id, await self._masters.unwrap(kept.wrapped, kept.master, kept.id))
            self._keys[key.id] = key
        # Who reads something under a newer key has learned of it: the older one is destroyed.
        if (known := self._newest.get(key.id.owner)) is None or known.id.version < key.id.version:
            self._newest[key.id.owner] = key
        return key


def _destroyed(key_id: KeyId) -> Undecipherable:
    return Undecipherable(f"Key {key_id} is destroyed, because its owner was erased, or is missing from the key store.")
