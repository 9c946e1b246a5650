"""Master keys, which wrap data keys. They come from a provider: a ring in a file or a setting, or Vault."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from activities.encryption.data_key import NONCE
from schema.errors import KeysAway, MasterKeyMissing, Undecipherable
from schema.keys.key_id import KeyId

MASTER_KEY_BYTES = 32

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class MasterKeys(Protocol):
    """Wraps data keys by the newest master key, and unwraps those of every master key of the ring."""

    async def newest(self) -> str:
        """The name of the master key that wraps new data keys.

        Raises:
            KeysAway: who holds the master keys can't be reached.
        """
        ...

    async def wrap(self, key: bytes, key_id: KeyId) -> tuple[str, str]:
        """Returns the name of the newest master key, and the data key wrapped by it, in text.

        Raises:
            KeysAway: who holds the master keys can't be reached.
        """
        ...

    async def unwrap(self, wrapped: str, master: str, key_id: KeyId) -> bytes:
        """Returns the data key.

        Raises:
            KeysAway: who holds the master keys can't be reached.
            MasterKeyMissing: the ring lacks its master key.
            Undecipherable: the wrapped key is damaged, or another owner's.
        """
        ...


class RingFile:
    """A ring in a file, which is read again after it has changed: a rotation needs no restart."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at = 0
        self._ring = self._current()

    async def newest(self) -> str:
        return await self._current().newest()

    async def wrap(self, key: bytes, key_id: KeyId) -> tuple[str, str]:
        return await self._current().wrap(key, key_id)

    async def unwrap(self, wrapped: str, master: str, key_id: KeyId) -> bytes:
        return await self._current().unwrap(wrapped, master, key_id)

    def _current(self) -> KeyRing:
        try:
            if (changed_at := self._file.stat().st_mtime_ns) != self._read_at:
                self._ring, self._read_at = KeyRing.parse(self._file.read_text()), changed_at
        except (OSError, ValueError) as error:
            raise KeysAway(
                f"The master keys {self._file} can't be read ({type(error).__name__}): put them back from a copy."
            ) from None
        return self._ring


class KeyRing:
    """Master keys in memory, the newest last."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._newest = list(keys)[-1]
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Reads `name:key` words, the newest last; keys are 32 bytes in base64.

        Raises `ValueError`, which quotes nothing of the text.
        """
        keys: dict[str, bytes] = {}
        for place, word in enumerate(re.split(r"[\s,]+", text.strip()), start=1):
            name, _, encoded = word.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                key = b""
            if not _NAME.fullmatch(name) or len(key) != MASTER_KEY_BYTES or name in keys:
                raise ValueError(f"takes name:key words, a key being 32 bytes in base64; look at word {place}")
            keys[name] = key
        return cls(keys)

    @staticmethod
    def new_word(name: str) -> str:
        """A new master key of this name, as `parse` reads it."""
        return f"{name}:{base64.b64encode(os.urandom(MASTER_KEY_BYTES)).decode()}"

    @property
    def names(self) -> list[str]:
        """The names of its keys, the newest last."""
        return list(self._ciphers)

    async def newest(self) -> str:
        return self._newest

    async def wrap(self, key: bytes, key_id: KeyId) -> tuple[str, str]:
        nonce = os.urandom(NONCE)
        wrapped = nonce + self._ciphers[self._newest].encrypt(nonce, key, str(key_id).encode())
        return self._newest, base64.b64encode(wrapped).decode()

    async def unwrap(self, wrapped: str, master: str, key_id: KeyId) -> bytes:
        if master not in self._ciphers:
            raise MasterKeyMissing(
                f"Key {key_id} is wrapped by master key {master}, which the ring lacks: put it back."
            )
        try:
            sealed = base64.b64decode(wrapped, validate=True)
            return self._ciphers[master].decrypt(sealed[:NONCE], sealed[NONCE:], str(key_id).encode())
        except (InvalidTag, ValueError):
            raise Undecipherable(
                f"The wrapped key {key_id} is damaged, or master key {master} is another one of the same name:"
                " restore the key store from its newest backup, or put the right master key back."
            ) from None
