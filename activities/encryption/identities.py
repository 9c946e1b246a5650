"""Who is whose: one person may come by several doors."""

from __future__ import annotations

from cachetools import TTLCache
from pydantic import SecretStr

from activities.encryption.data_keys import KEPT_FOR, MOST
from activities.encryption.key_store import KeyStore
from schema.identity import Identities, Identity, user_ref


class StoredIdentities(Identities):
    """Identities in the key store, where an erasure destroys them with the keys. Each is asked for once a minute."""

    def __init__(self, store: KeyStore, pepper: SecretStr, *, kept_for: float = KEPT_FOR) -> None:
        self._store = store
        self._pepper = pepper
        self._known: TTLCache[Identity, str] = TTLCache(MOST, kept_for)

    async def person_of(self, channel: str, subject: str) -> str:
        identity = self._identity(channel, subject)
        if (known := self._known.get(identity)) is None:
            known = self._known[identity] = await self._store.person_of(identity) or identity.subject
        return known

    async def link(self, channel: str, subject: str, person: str) -> None:
        """Makes a door lead to a person. Other processes learn of it within a minute. Raises `KeysAway`."""
        identity = self._identity(channel, subject)
        await self._store.link(identity, person)
        self._known.pop(identity, None)

    def _identity(self, channel: str, subject: str) -> Identity:
        return Identity(channel, user_ref(self._pepper, f"{channel}:{subject}"))
