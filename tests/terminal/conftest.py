"""What both tests of piped lines use."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

import pytest

Pipe = tuple[io.BufferedReader, io.BufferedWriter]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """Where a pipe is read, and where it is written to."""
    reading, writing = os.pipe()
    with open(reading, "rb") as source, open(writing, "wb") as into:
        yield source, into
