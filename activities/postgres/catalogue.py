"""Finds tables by their columns."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
from asyncpg.pool import PoolConnectionProxy


async def tables_with(
    connection: asyncpg.Connection | PoolConnectionProxy, columns: Sequence[str]
) -> list[asyncpg.Record]:
    """Returns the `name` of every table that has one of the columns, and which `columns` of them it has.

    PostgreSQL's own catalogue lists all tables; `information_schema` leaves out those that the role may not use. So a
    missing grant fails, where a table would be missed.
    """
    return await connection.fetch(
        """
        SELECT format('%I.%I', nspname, relname) AS name, array_agg(attname::text) AS columns
        FROM pg_attribute
            JOIN pg_class ON pg_class.oid = attrelid
            JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0 AND NOT attisdropped
            AND attname = ANY ($1::text[]) AND nspname !~ '^pg_' AND nspname <> 'information_schema'
        GROUP BY 1 ORDER BY 1
        """,
        columns,
    )
