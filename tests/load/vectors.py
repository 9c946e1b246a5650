"""What the embedded store of vectors costs: `python -m tests.load.vectors`, about a minute.

100,000 vectors of 1,000 people are written, opened by a new process, and searched among one person's and among all but
one person's; with copies of one byte a number, and without.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from uuid import UUID, uuid5

import numpy as np
import psutil

from activities.profile.said import MOST_PARTS
from activities.profile.vectors import CONSIDERED
from activities.qdrant import edge_store as edge
from activities.qdrant.edge_store import edge_store
from activities.qdrant.vector_store import DIMENSIONS, Point, Wanted
from schema.vocabulary import Domain, Locale

COLLECTION = "words"
BATCH = 100
LIMIT = CONSIDERED * (1 + MOST_PARTS)
"""As /find asks for."""
NEVER = 10**9
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LOCALES, DOMAINS = list(Locale), list(Domain)


@dataclass(frozen=True)
class Written:
    """What writing took."""

    points_a_second: float
    longest_batch: float
    """Milliseconds."""


@dataclass(frozen=True)
class Read:
    """What opening and searching took. Times are milliseconds, sizes are MB."""

    opened: float
    memory: float
    """More than the process had before it opened the store."""
    disk: float
    searches: dict[str, tuple[float, float]]
    """The 50th and 95th percentile of each kind."""


def points(count: int, people: int) -> Iterator[list[Point]]:
    """Batches of points in chance directions. Those of all people are mixed, as they come in."""
    chance = np.random.default_rng(7)
    for first in range(0, count, BATCH):
        vectors = chance.standard_normal((BATCH, DIMENSIONS))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        yield [
            Point(
                uuid5(UUID(int=0), str(n)),
                vector.tolist(),
                f"person {n % people}",
                BEGIN + timedelta(minutes=n),
                LOCALES[n % 2],
                DOMAINS[n % 12],
            )
            for n, vector in enumerate(vectors, start=first)
        ]


def write(path: Path, count: int, people: int, unquantised: int) -> Written:
    """Writes all points, as an indexing process does."""
    edge.UNQUANTISED = unquantised

    async def write() -> Written:
        longest = took = 0.0
        async with edge_store(path) as store:
            await store.create(COLLECTION)
            for batch in points(count, people):
                begun = time.perf_counter()
                await store.upsert(COLLECTION, batch)
                took += (last := time.perf_counter() - begun)
                longest = max(longest, last)
        return Written(count / took, longest * 1000)

    return asyncio.run(write())


def read(path: Path, people: int, searches: int) -> Read:
    """Opens the store in this new process and searches it."""
    process = psutil.Process()
    chance = np.random.default_rng(8)
    before = process.memory_info().rss

    async def read() -> Read:
        begun = time.perf_counter()
        async with edge_store(path) as store:
            opened = (time.perf_counter() - begun) * 1000

            async def search(n: int, wanted: Wanted) -> None:
                vector = chance.standard_normal(DIMENSIONS).tolist()
                await store.search(COLLECTION, vector, limit=LIMIT, wanted=wanted)

            someone: Callable[[int], str] = lambda n: f"person {n * 7 % people}"  # noqa: E731
            found = {
                "one person": await _timed(searches, lambda n: search(n, Wanted(someone(n)))),
                "one person, language, domain, time": await _timed(
                    searches,
                    lambda n: search(n, Wanted(someone(n), None, Locale.EN, Domain.WORK, BEGIN + timedelta(days=30))),
                ),
                "everybody but one": await _timed(searches // 20, lambda n: search(n, Wanted(but_of=someone(n)))),
            }
            memory = (process.memory_info().rss - before) / 1e6
        return Read(opened, memory, _disk(path), found)

    return asyncio.run(read())


def _disk(path: Path) -> float:
    return sum(file.stat().st_blocks * 512 for file in path.rglob("*") if file.is_file()) / 1e6


async def _timed(count: int, work: Callable[[int], Awaitable[None]]) -> tuple[float, float]:
    took = []
    for n in range(count):
        begun = time.perf_counter()
        await work(n)
        took.append((time.perf_counter() - begun) * 1000)
    of_hundred = quantiles(took, n=100)
    return of_hundred[49], of_hundred[94]


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--searches", type=int, default=2_000)
    asked = parser.parse_args()
    lines = [f"{asked.points} points of {asked.people} people, {os.cpu_count()} cores"]
    for name, unquantised in (("quantised", edge.UNQUANTISED), ("not quantised", NEVER)):
        with (
            tempfile.TemporaryDirectory() as folder,
            ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as processes,
        ):
            path = Path(folder)
            written = processes.submit(write, path, asked.points, asked.people, unquantised).result()
            was_read = processes.submit(read, path, asked.people, asked.searches).result()
        lines += [
            f"{name}: {written.points_a_second:.0f} upserts a second, {BATCH} at once",
            f"  the longest of them {written.longest_batch:.0f} ms",
            f"  opened in {was_read.opened:.0f} ms; memory {was_read.memory:.0f} MB, disk {was_read.disk:.0f} MB",
            *(
                f"  a search among {kind}: p50 {median:.2f} ms, p95 {high:.2f} ms"
                for kind, (median, high) in was_read.searches.items()
            ),
        ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
