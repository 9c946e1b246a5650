"""Where wrapped data keys are kept: a database of their own, away from what they encrypt, with short backups."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from schema.identity import Identity
from schema.keys.key_id import KeyId

REMEMBERED_FOR = timedelta(days=60)
"""How long it is kept that a key was destroyed: longer than a backup of the store may hold that key."""


class WrappedKey(NamedTuple):
    """A data key, wrapped by a master key."""

    id: KeyId
    master: str
    """The name of the master key."""
    wrapped: str


class Newest(NamedTuple):
    """What is known of an owner's keys."""

    key: WrappedKey | None
    """The newest one; None when there has been none, or the last is destroyed."""
    version: int
    """The highest version that there has been; 0 when none."""


class Tombstone(NamedTuple):
    """What is left of an owner's destroyed keys."""

    key: KeyId
    """The last of them: this version and all before it are destroyed."""
    destroyed_at: datetime


class KeyStore(Protocol):
    """Keeps wrapped keys. All methods raise `KeysAway` when the store can't be reached."""

    async def newest(self, owner: str) -> Newest:
        """An owner's newest key."""
        ...

    async def get(self, key_id: KeyId) -> WrappedKey | None:
        """One key; None when it is destroyed, or never was."""
        ...

    async def add(self, key: WrappedKey) -> None:
        """Adds a key. Does nothing when there is or was one of this id."""
        ...

    async def destroy(self, key_id: KeyId, destroyed_at: datetime | None = None) -> None:
        """Destroys a key and all before it of its owner, and remembers that it was now, or at another time. Idempotent.

        With their last key a person's identities go.
        """
        ...

    async def person_of(self, identity: Identity) -> str | None:
        """The `user_ref` to which an identity leads, where that is known."""
        ...

    async def link(self, identity: Identity, person: str) -> None:
        """Makes an identity lead to a person."""
        ...

    async def tombstones(self, within: timedelta) -> list[Tombstone]:
        """Whose keys were destroyed no longer ago than this, each owner once."""
        ...

    async def page(self, after: KeyId | None, limit: int) -> list[WrappedKey]:
        """The keys that follow one, in the order of their ids."""
        ...

    async def replace(self, old: WrappedKey, new: WrappedKey) -> None:
        """Puts another wrapping of the same key into its place, if the old one is still there."""
        ...

    async def one_of_each_master(self) -> list[WrappedKey]:
        """For each master key, the newest key that it wraps."""
        ...

    async def count(self) -> dict[str, int]:
        """How many keys each master key wraps."""
        ...
