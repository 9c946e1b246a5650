"""Reads which kind of crisis the database keeps of an answer."""

from __future__ import annotations

from activities.encryption.column import TextColumns
from schema.encrypted_columns import EncryptedColumn, Row
from schema.vocabulary import CrisisKind


async def crisis_kind(columns: TextColumns, kept: str, column: EncryptedColumn, row: Row) -> CrisisKind:
    """The kind; SELF_HARM, of which most care is taken, when nobody can read it any more. Raises `KeysAway`."""
    kind = await columns.open(kept, column, row)
    return CrisisKind(kind) if kind else CrisisKind.SELF_HARM
