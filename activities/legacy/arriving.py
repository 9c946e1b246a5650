"""What an old row becomes here: the base of all kinds of rows."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from activities.encryption.column import TextColumns
from schema.encrypted_columns import EncryptedColumn
from schema.legacy.messages import Source
from schema.legacy.rows import Misfit, OldRow
from schema.vocabulary import Locale
from workflows.safety.rules.crisis import detect

_ROWS = uuid.UUID("7d0c2b4e-6f0a-4b2f-8d7b-0f6d3c1f9a55")


def id_of(kind: str, *key: object) -> uuid.UUID:
    """The id here of an old row: the same each time."""
    return uuid.uuid5(_ROWS, ":".join([kind, *map(str, key)]))


class Arrival(NamedTuple):
    """A row that fits, and what it is to be here."""

    source_id: str
    user_ref: str | None
    kept_as: str
    fields: dict[str, Any]
    """What stands in the columns of ours, texts in clear."""
    misfits: Sequence[Misfit] = ()
    """Parts of it that do not come in."""


class Sealed(NamedTuple):
    """A row with its texts encrypted."""

    arrival: Arrival
    columns: dict[str, str | None]


class Arriving(ABC):
    """One kind of rows: how they become ours, are written, and are read again for a comparison."""

    source: Source
    encrypted: ClassVar[Mapping[str, EncryptedColumn]] = {}
    """The fields that are encrypted."""
    danger: ClassVar[EncryptedColumn | None] = None
    """Where the danger is kept that rules hear in its `text`, once its person has agreed to be read."""
    renews: ClassVar[bool] = False
    """Whether a row that came in before is written again: the old system goes on changing it."""
    at_a_time: ClassVar[int] = 1000
    """Rows that one transaction takes in: as long as it lasts, their people wait."""
    stands_for_one: ClassVar[bool] = True
    """Whether two old rows can't be the same row here."""

    def __init__(self, columns: TextColumns, locale: Locale) -> None:
        self._columns = columns
        self._locale = locale

    @abstractmethod
    def ready(self, row: OldRow, user_ref: str | None) -> Arrival:
        """What a row becomes. Raises `Misfit`."""

    async def prepare(  # noqa: B027 - most refer to nothing
        self, connection: PoolConnectionProxy, rows: Sequence[OldRow]
    ) -> None:
        """Looks up what the rows of a batch refer to."""

    @abstractmethod
    async def write(self, connection: PoolConnectionProxy, rows: Sequence[Sealed]) -> list[Arrival]:
        """Writes rows of people who are locked and here; returns them as they are kept."""

    @abstractmethod
    async def here(self, connection: PoolConnectionProxy, kept_as: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """Our rows as they are, by what they are kept as, with all fields and what names them."""

    @abstractmethod
    def sums(self, fields: Mapping[str, Any]) -> dict[str, float]:
        """What of a row is added up for a comparison, by name."""

    async def sealed(self, arrival: Arrival, *, read: bool) -> Sealed:
        """Encrypts the texts of a row; where its person has agreed to be `read`, danger in it is heard.

        Raises `Undecipherable` when its person has been erased.
        """
        row = {**arrival.fields, **self.names(arrival)}
        owner = arrival.user_ref or ""
        columns: dict[str, str | None] = {
            name: await self._columns.seal(owner, arrival.fields[name], column, row)
            for name, column in self.encrypted.items()
        }
        if self.danger:
            kind = detect(arrival.fields["text"]) if read and self.is_own(arrival) else None
            columns["crisis"] = kind and await self._columns.seal(owner, kind, self.danger, row)
        return Sealed(arrival, columns)

    def names(self, arrival: Arrival) -> dict[str, object]:
        """What names its row here, beside its fields."""
        return {}

    def is_own(self, arrival: Arrival) -> bool:
        """Whether the person said it."""
        return True

    async def opened(self, row: Mapping[str, Any], name: str) -> str | None:
        """A text of ours in clear."""
        return await self._columns.open(row[name], self.encrypted[name], row)


def seconds(time: datetime) -> float:
    """A time as a number that can be added up without loss."""
    return float(int(time.timestamp()))
