"""Texts in columns of PostgreSQL, encrypted with their person's key."""

from __future__ import annotations

import base64
import binascii
import logging

from activities.encryption.data_keys import DataKeys
from schema.encrypted_columns import EncryptedColumn, Row
from schema.errors import Undecipherable
from schema.keys.key_id import KeyId

log = logging.getLogger(__name__)

MARK = "\x02"
"""What a ciphertext begins with. No text from outside has it: `schema.text` removes it."""


class TextColumns:
    """Encrypts and decrypts texts on their way to and from PostgreSQL.

    A ciphertext is text, too: the mark, the id of its key, and base64. What was written in clear is read as it is. With
    `writes=False` all is written so, for the release before.
    """

    def __init__(self, keys: DataKeys, *, writes: bool = True) -> None:
        self._keys = keys
        self._writes = writes

    async def seal(self, owner: str, text: str, column: EncryptedColumn, row: Row) -> str:
        """Encrypts a text for a row of a column. `row` holds what names it.

        Raises:
            KeysAway, Undecipherable: as `DataKeys.newest`.
        """
        if not self._writes:
            return text
        key = await self._keys.newest(owner)
        sealed = key.seal(text.encode(), column.place(row))
        return f"{MARK}{key.id}:{base64.b64encode(sealed).decode()}"

    async def open(self, kept: str, column: EncryptedColumn, row: Row) -> str | None:
        """Decrypts what was encrypted for this row.

        Returns None, with a line for operators, when nobody can read it any more: the caller goes on without it. Raises
        `KeysAway`.
        """
        try:
            return await self._decrypted(kept, column, row)
        except Undecipherable as error:
            log.error("A text of %s.%s is left out: %s", column.table, column.name, error)
            return None

    async def _decrypted(self, kept: str, column: EncryptedColumn, row: Row) -> str:
        if not kept.startswith(MARK):
            return kept
        name, _, encoded = kept[len(MARK) :].partition(":")
        try:
            sealed = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            sealed = b""
        if (key_id := KeyId.parse(name)) is None:
            raise Undecipherable(f"A text of {column.table} is damaged: it names no key. Restore it from a backup.")
        return (await self._keys.get(key_id)).open(sealed, column.place(row)).decode()
