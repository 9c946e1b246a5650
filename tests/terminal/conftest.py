"""What tests of the terminal use: a pipe, and people who sit down at it."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.people.visit import Visit

Pipe = tuple[io.BufferedReader, io.BufferedWriter]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """Where a pipe is read, and where it is written to."""
    reading, writing = os.pipe()
    with open(reading, "rb") as source, open(writing, "wb") as into:
        yield source, into


@pytest.fixture
def arrives(workers: None, env: WorkflowEnvironment) -> Callable[..., Visit]:
    """Makes a new person at a terminal."""
    return lambda *args, **settings: Visit(env, *args, **settings)
