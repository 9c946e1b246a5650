"""Wraps everybody's keys by the newest master key."""

from __future__ import annotations

from temporalio import activity

from activities.encryption.key_store import KeyStore, WrappedKey
from activities.encryption.master_keys import MasterKeys
from schema.account.activities import KeyRewrapping
from schema.account.messages import Rewrapping
from schema.errors import MasterKeyMissing, Undecipherable
from schema.keys.key_id import KeyId

PAGE = 200
"""Keys that one attempt of the activity takes."""


class StoredKeyRewrapping(KeyRewrapping):
    """Goes through a key store. The keys themselves stay as they are, so nothing has to be encrypted anew."""

    def __init__(self, store: KeyStore, masters: MasterKeys) -> None:
        self._store = store
        self._masters = masters

    @activity.defn(name="account.rewrap_page")
    async def rewrap_page(self, so_far: Rewrapping) -> Rewrapping:
        page = await self._store.page(KeyId.parse(so_far.after or ""), PAGE)
        newest = await self._masters.newest()
        rewrapped = unreadable = 0
        for key in page:
            if key.master == newest:
                continue
            try:
                await self._rewrap(key)
                rewrapped += 1
            except (Undecipherable, MasterKeyMissing):
                unreadable += 1
        return Rewrapping(
            after=str(page[-1].id) if page else so_far.after,
            looked_at=so_far.looked_at + len(page),
            rewrapped=so_far.rewrapped + rewrapped,
            unreadable=so_far.unreadable + unreadable,
            done=len(page) < PAGE,
        )

    async def _rewrap(self, key: WrappedKey) -> None:
        clear = await self._masters.unwrap(key.wrapped, key.master, key.id)
        master, wrapped = await self._masters.wrap(clear, key.id)
        # If its owner has been erased meanwhile, nothing is there to be replaced.
        await self._store.replace(key, WrappedKey(key.id, master, wrapped))
