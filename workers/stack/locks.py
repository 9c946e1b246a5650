"""File locks that the kernel releases when their holder ends, even by `kill -9`."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class FileLock:
    """An advisory lock on a file: held by one exclusively, or by many shared."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_exclusive(self) -> bool:
        """Takes the lock exclusively if nobody holds it. Returns whether it did."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Takes the lock shared if nobody holds it exclusively. Returns whether it did."""
        return self._try(fcntl.LOCK_SH)

    def release(self) -> None:
        """Releases the lock; it can be taken again."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Releases the lock and closes the file."""
        os.close(self._descriptor)

    @property
    def in_place(self) -> bool:
        """Whether the path still leads to this file, which may have been deleted or replaced."""
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(self._descriptor))
        except FileNotFoundError:
            return False

    def _try(self, how: int) -> bool:
        try:
            fcntl.flock(self._descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def held_exclusively(path: Path) -> bool:
    """Returns whether somebody holds the lock exclusively. Takes it shared for an instant to find out."""
    lock = FileLock(path)
    try:
        return not lock.try_shared()
    finally:
        lock.close()
