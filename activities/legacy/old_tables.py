"""Reads the tables of the old system, which goes on writing them: in batches, by primary key, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from schema.errors import LegacyUnfit
from schema.legacy.messages import Source
from schema.legacy.rows import TABLES, Column, Kind
from schema.operator_error import OperatorError

GENERATIONS = (Source.ANSWERS_NEW, Source.ANSWERS)
"""The two generations of one table: one of them is enough."""
_WITHIN = 30
"""Seconds that a query may take, a connection included."""


class Layout(NamedTuple):
    """One table as it is."""

    reads: Mapping[str, str]
    """The SQL of each field."""
    ignored: list[str]
    """Its columns that nobody asks for."""


class OldTables:
    """The old database. Its login needs SELECT on these tables alone: each transaction is read-only."""

    def __init__(self, database_url: str, schema: str) -> None:
        self._url = database_url
        self._schema = schema
        self._pool: asyncpg.Pool | None = None
        self._layouts: dict[Source, Layout] | None = None

    async def close(self) -> None:
        """Closes the connections, if there are any."""
        if self._pool:
            await self._pool.close()

    async def look(self) -> dict[Source, Layout]:
        """The tables as they are now. Raises `LegacyUnfit`, which names all that is missing in one line."""
        async with self._reading() as connection:
            rows = await connection.fetch(
                "SELECT table_name, column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = $1 AND table_name = ANY ($2) ORDER BY table_name, ordinal_position",
                self._schema,
                list(Source),
            )
        there: dict[str, dict[str, str]] = {}
        for row in rows:
            there.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
        missing = [source for source in Source if source not in there]
        if set(missing) & set(GENERATIONS) and not set(GENERATIONS) <= set(missing):
            missing = [source for source in missing if source not in GENERATIONS]
        lacking = [f"table {source}" for source in missing]
        layouts = {}
        for source in Source:
            if source in there:
                layouts[source], lacks = _layout(source, there[source])
                lacking += lacks
        if lacking:
            raise LegacyUnfit(f"The old database (schema {self._schema}) lacks: {'; '.join(lacking)}.")
        self._layouts = layouts
        return layouts

    async def has(self, source: Source) -> bool:
        """Whether a table is there."""
        return source in await self._known()

    async def count(self, source: Source) -> int:
        """How many rows a table has."""
        async with self._reading() as connection:
            return int(await connection.fetchval(f'SELECT count(*) FROM "{self._schema}"."{source}"'))

    async def batch(self, source: Source, after_id: int, limit: int) -> list[asyncpg.Record]:
        """The rows that follow a primary key, by field."""
        reads = (await self._known())[source].reads
        fields = ", ".join(f"{sql} AS {field}" for field, sql in reads.items())
        async with self._reading() as connection:
            return await connection.fetch(
                f'SELECT {fields} FROM "{self._schema}"."{source}" WHERE {reads["id"]} > $1'
                f" ORDER BY {reads['id']} LIMIT $2",
                after_id,
                limit,
            )

    async def _known(self) -> dict[Source, Layout]:
        return self._layouts or await self.look()

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[PoolConnectionProxy]:
        """A connection that can change nothing. Quotes nothing of what the server says: that may hold anything."""
        try:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url, min_size=0, max_size=2, timeout=_WITHIN, command_timeout=_WITHIN
                )
            async with self._pool.acquire() as connection, connection.transaction(readonly=True):
                await connection.execute("SET LOCAL TimeZone = 'UTC'")
                yield connection
        except asyncpg.InsufficientPrivilegeError:
            raise LegacyUnfit("The old database's login may not read all tables: grant it SELECT on them.") from None
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise OperatorError(
                f"The old database can't be used ({type(error).__name__}): check SELFOLOGY_LEGACY_DATABASE_URL."
            ) from None


def _layout(source: Source, there: Mapping[str, str]) -> tuple[Layout, Sequence[str]]:
    """How a table is read, and what it lacks."""
    reads: dict[str, str] = {}
    lacks: list[str] = []
    used = set()
    for field, column in TABLES[source].columns.items():
        name = next((name for name in column.names if name in there), None)
        if name is not None and there[name] in column.kind.types:
            used.add(name)
            reads[field] = _read(name, column)
        elif name is not None and column.needed:
            lacks.append(f"{source}.{name} as {' or '.join(column.kind.types[:3])}")
        elif column.needed:
            lacks.append(f"{source}.{' or '.join(column.names)}")
        else:
            reads[field] = "NULL"
    return Layout(reads, [name for name in there if name not in used]), lacks


def _read(name: str, column: Column) -> str:
    # A time without a zone is UTC.
    return f'"{name}"::{"text" if column.kind is Kind.JSON else column.kind.value}'
