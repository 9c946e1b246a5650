"""Locks that the kernel frees when their holder ends, even by `kill -9`."""

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
        """Takes the lock if nobody has it."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Takes the lock if nobody has it exclusively."""
        return self._try(fcntl.LOCK_SH)

    def release(self) -> None:
        """Gives the lock back; it can be taken again."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Gives the lock back for good."""
        os.close(self._descriptor)

    @property
    def in_place(self) -> bool:
        """Whether the file is still where others look for it."""
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
    """Whether somebody holds the lock exclusively. For an instant it is taken, shared, to find out."""
    lock = FileLock(path)
    try:
        return not lock.try_shared()
    finally:
        lock.close()
