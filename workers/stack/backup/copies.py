"""Copies SQLite files while they are in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from schema.operator_error import OperatorError


@contextmanager
def copied(file: Path) -> Iterator[Path]:
    """Yields a copy of a database as it is at one moment, beside it, while it is in use. Raises `OSError`."""
    copy = file.with_name(f"{file.name}-copy")
    copy.unlink(missing_ok=True)
    try:
        opened = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
        with closing(opened) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            # Of a file whose log was written ahead the copy is one, too; it has to be one file.
            target.execute("PRAGMA journal_mode = DELETE")
        yield copy
    except sqlite3.Error as error:
        raise OSError(0, f"{type(error).__name__} in SQLite", str(file)) from None
    finally:
        copy.unlink(missing_ok=True)


def refuse_damaged(file: Path, otherwise: str) -> None:
    """Raises `OperatorError` when SQLite finds a fault in a file, with what to do then."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            found = database.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error:
        found = None
    if found != ("ok",):
        raise OperatorError(f"{file.name} is damaged: {otherwise}.")
