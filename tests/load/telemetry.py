"""`python -m tests.load.telemetry`: what an answer costs while traces and metrics are taken, and while nobody does.

The ways take turns, each time on a new embedded stack: people answer at a steady rate that the machine holds with ease,
and processor time is counted by process. Spans go to a collector on loopback that reads them and throws them away.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Annotated

import asyncpg
import typer
from rich.console import Console
from rich.table import Table
from temporalio.testing import WorkflowEnvironment

from tests.load.bench import OurPerson, processes_of
from tests.load.own_home import own_home
from tests.load.scenarios import end, open_sessions, talk
from tests.people.person import People
from workers.client import connect
from workers.settings import Settings
from workers.stack.join import joined_stack
from workers.stack.ports import LOCALHOST

PEOPLE, ANSWERS, RATE = 12, 8, 8.0
SETTLES = 2.0
"""Seconds in which the last analyses end, and the last spans are sent."""
WINDOWS = 3
"""Measurements of one stack. The first warms it up, and is left out."""
METRICS = {"SELFOLOGY_METRICS_HOST": LOCALHOST}
PROCESSES = ("workers", "Temporal", "PostgreSQL", "channel")


def main(
    rounds: Annotated[int, typer.Option(min=1, max=20, help="How often each way has its turn.")] = 2,
    one: Annotated[bool, typer.Option("--one", hidden=True)] = False,
) -> None:
    """Print the milliseconds of processor time an answer takes."""
    if one:
        typer.echo(json.dumps(_measured()))
        return
    with _collector() as address:
        traced = METRICS | {"OTEL_EXPORTER_OTLP_ENDPOINT": address}
        ways = {
            "off": {},
            "metrics": METRICS,
            "metrics, and a tenth of the messages traced": traced,
            "metrics, and every message traced": traced | {"OTEL_TRACES_SAMPLER": "always_on"},
        }
        found: dict[str, list[list[float]]] = {way: [] for way in ways}
        for turn in range(rounds):
            # A machine has slower minutes. Whoever has the first turn in one round has the last in the next.
            for way in ways if turn % 2 == 0 else reversed(ways):
                found[way] += _in_a_process(ways[way])
    table = Table("CPU ms an answer, median", *PROCESSES, "all", "of all, from ... to", "beside off")
    off = statistics.median(map(sum, found["off"]))
    for way, windows in found.items():
        sums = [sum(window) for window in windows]
        middle = statistics.median(sums)
        each = [f"{statistics.median(process):.1f}" for process in zip(*windows, strict=True)]
        table.add_row(way, *each, f"{middle:.1f}", f"{min(sums):.1f} to {max(sums):.1f}", f"{middle / off - 1:+.0%}")
    Console().print(table, f"{os.cpu_count()} cores; {rounds * (WINDOWS - 1)} times {PEOPLE * ANSWERS} answers a way.")


def _in_a_process(settings: dict[str, str]) -> list[list[float]]:
    said = subprocess.run(
        [sys.executable, "-m", "tests.load.telemetry", "--one"],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        check=True,
    )
    windows: list[list[float]] = json.loads(said.stdout)
    return windows


def _measured() -> list[list[float]]:
    """Each window's milliseconds by process."""
    with own_home() as home:
        os.environ["SELFOLOGY_VECTORS"] = "false"
        return asyncio.run(_talk(home))[1:]


async def _talk(home: Path) -> list[list[float]]:
    async with joined_stack(Settings()) as stack, stack.encryption() as keys:
        env = WorkflowEnvironment.from_client(await connect(stack.temporal_address, keys, channel=True))
        async with (
            asyncpg.create_pool(stack.database_url, min_size=1, max_size=2) as pool,
            People(env, pool, keys=keys) as cast,
        ):
            processes, windows = processes_of(home), list[list[float]]()
            for _ in range(WINDOWS):
                people = [OurPerson(cast.person(planned_questions=15)) for _ in range(PEOPLE)]
                await open_sessions(people)
                before = processes.used()
                answers = len(await talk(people, ANSWERS, RATE))
                await asyncio.sleep(SETTLES)
                used = zip(before, processes.used(), strict=True)
                windows.append([(late - early) * 1000 / answers for early, late in used])
                await end(people)
            return windows


@contextmanager
def _collector() -> Iterator[str]:
    """The address of who takes spans, and keeps none."""

    class Taken(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer((LOCALHOST, 0), Taken)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{LOCALHOST}:{server.server_address[1]}"
    finally:
        server.shutdown()


if __name__ == "__main__":
    typer.run(main)
