"""Texts in columns of PostgreSQL, encrypted with their person's key."""

from __future__ import annotations

import base64
import binascii

from activities.encryption.data_keys import DataKeys
from schema.errors import Undecipherable
from schema.keys.key_id import KeyId

MARK = "\x02"
"""What a ciphertext begins with. No text from outside has it: `schema.text` removes it."""


class TextColumns:
    """Encrypts and decrypts texts on their way to and from PostgreSQL.

    A ciphertext is text, too: the mark, the id of its key, and base64. What is written in clear is read as it is; with
    `writes=False` all is, so that the release before can read it.
    """

    def __init__(self, keys: DataKeys, *, writes: bool = True) -> None:
        self._keys = keys
        self._writes = writes

    async def seal(self, owner: str, text: str, *place: object) -> str:
        """Encrypts a text for a place: its column, and what names its row.

        Raises:
            KeysAway, Undecipherable: as `DataKeys.newest`.
        """
        if not self._writes:
            return text
        key = await self._keys.newest(owner)
        return f"{MARK}{key.id}:{base64.b64encode(key.seal(text.encode(), _place(place))).decode()}"

    async def open(self, kept: str, *place: object) -> str:
        """Decrypts what was encrypted for this place.

        Raises:
            KeysAway, Undecipherable: as `DataKeys.get`.
        """
        if not kept.startswith(MARK):
            return kept
        name, _, encoded = kept[len(MARK) :].partition(":")
        try:
            sealed = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            sealed = b""
        if (key_id := KeyId.parse(name)) is None:
            raise Undecipherable(f"A text of {place[0]} is damaged: it names no key. Restore it from a backup.")
        return (await self._keys.get(key_id)).open(sealed, _place(place)).decode()


def _place(place: tuple[object, ...]) -> str:
    return "/".join(map(str, place))
