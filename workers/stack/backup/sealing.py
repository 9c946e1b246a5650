"""Compresses and encrypts what goes into a backup, and reads it back: zstandard within age's format.

Both are streams: nothing is held whole in memory, and nothing lies on a disk in clear.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import zstandard

from schema.backup.manifest import Part
from schema.operator_error import OperatorError

if TYPE_CHECKING:
    from pyrage import x25519

LEVEL = 3
"""Of compression: a third of the size for a few milliseconds a MiB."""
SUFFIX = ".zst.age"
CHUNK = 1 << 20

Told = Callable[[int], None]


class _Counting:
    """A file that hashes and counts what passes through it."""

    def __init__(self, file: IO[bytes], told: Told | None = None) -> None:
        self._file, self._told = file, told
        self.size, self.sha256 = 0, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._count(data)
        return data

    def write(self, data: bytes) -> int:
        self._count(data)
        self._file.write(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    def _count(self, data: bytes) -> None:
        self.size += len(data)
        self.sha256.update(data)
        if self._told is not None:
            self._told(self.size)


def seal(source: IO[bytes], target: Path, recipient: x25519.Recipient, told: Told | None = None) -> Part:
    """Writes what `source` holds into a file that appears when it is whole. `told` hears how many bytes were read.

    Raises `OSError`, such as for a full disk.
    """
    from pyrage import encrypt_io

    part = target.with_name(f"{target.name}.part")
    read = _Counting(source, told)
    with part.open("wb") as file:
        written = _Counting(file)
        with zstandard.ZstdCompressor(level=LEVEL).stream_reader(cast("IO[bytes]", read), read_size=CHUNK) as packed:
            encrypt_io(cast("Any", packed), cast("Any", written), [recipient])
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
    _sync(target.parent)
    return Part(file=target.name, size=written.size, sha256=written.sha256.hexdigest(), holds=read.size)


def unseal(source: Path, target: IO[bytes], identity: x25519.Identity, told: Told | None = None) -> None:
    """Writes what a sealed file holds into `target`. Raises `OperatorError` when it is damaged or of another key."""
    from pyrage import DecryptError, decrypt_io

    try:
        with source.open("rb") as file:
            read = _Counting(file, told)
            with zstandard.ZstdDecompressor().stream_writer(target, closefd=False) as plain:
                decrypt_io(cast("Any", read), cast("Any", plain), [identity])
    except FileNotFoundError:
        raise OperatorError(f"{source} is missing.") from None
    except (DecryptError, zstandard.ZstdError):
        raise damaged(source) from None
    except OSError as error:
        # Decryption tells of damage so, too; a full disk has a number.
        if error.errno is None:
            raise damaged(source) from None
        raise


def check(part: Part, folder: Path, told: Told | None = None) -> None:
    """Compares a file with its manifest. Raises `OperatorError` when it is missing or not as it was written."""
    file = folder / part.file
    try:
        size = file.stat().st_size
        if size < part.size:
            raise OperatorError(f"{file} is cut off: it has {size} of {part.size} bytes. Take another backup.")
        with file.open("rb") as opened:
            counted = _Counting(opened, told)
            while counted.read(CHUNK):
                pass
    except FileNotFoundError:
        raise OperatorError(f"{file} is missing: take another backup.") from None
    if counted.sha256.hexdigest() != part.sha256:
        raise damaged(file)


def damaged(file: Path) -> OperatorError:
    """A file that is not what was written into it."""
    return OperatorError(f"{file} is damaged: take another backup.")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
