"""A data key: it encrypts what belongs to one owner.

AES-256-GCM (NIST SP 800-38D) with random nonces of 96 bits, which allow 2**32 texts a key (section 8.3).
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schema.errors import Undecipherable
from schema.keys.key_id import KeyId

NONCE = 12
"""Bytes of a nonce, which stands before its ciphertext."""


class DataKey:
    """A key in clear, in memory only."""

    def __init__(self, key_id: KeyId, key: bytes) -> None:
        self.id = key_id
        self._cipher = AESGCM(key)

    @staticmethod
    def random() -> bytes:
        """A new key of 256 bits."""
        return AESGCM.generate_key(bit_length=256)

    def seal(self, clear: bytes, place: str) -> bytes:
        """Encrypts bytes. Nobody can read them under another key or in another place."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, clear, self._bound_to(place))

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypts bytes.

        Raises:
            Undecipherable: they are damaged, or were encrypted under another key or for another place.
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], self._bound_to(place))
        except (InvalidTag, ValueError):
            raise Undecipherable(
                f"A text under key {self.id} is damaged, or belongs elsewhere: restore it from a backup, or leave it."
            ) from None

    def _bound_to(self, place: str) -> bytes:
        return f"{self.id}\n{place}".encode()
