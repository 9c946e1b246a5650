"""What people leave behind, for docs/capacity.md: `python -m tests.load.growth`, about two minutes.

Some have a whole session, then others talk with the coach, offline, on the embedded stack. Printed are bytes and rows
of PostgreSQL, and what Temporal has asked of its own database, for a session and for a reply. Sizes are those of whole
tables with their indexes, so they need some dozens of people.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import asyncpg
import psutil
import typer
from rich.console import Console
from rich.table import Table
from temporalio.testing import WorkflowEnvironment

from schema.coaching.deliveries import CoachReply
from tests.coaching.talker import Talker
from tests.load.bench import OurPerson, processes_of
from tests.load.coach import SAID
from tests.load.own_home import own_home
from tests.load.scenarios import open_sessions, talk
from tests.metrics import metrics_at, metrics_of_temporal
from tests.people.person import People, at_rest
from workers.client import connect
from workers.settings import Settings
from workers.stack.join import joined_stack

ANSWERS = 12
_SIZES = """
    SELECT relnamespace::regnamespace || '.' || relname AS name, pg_total_relation_size(oid) AS bytes
    FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
"""


@dataclass(frozen=True)
class Kept:
    """How much there is."""

    bytes: Counter[str]
    """Of PostgreSQL, by table."""
    rows: Counter[str]
    asked: Counter[str]
    """What Temporal has asked of its database, by operation."""


def measure(people: Annotated[int, typer.Option(min=10, max=200, help="How many of each.")] = 40) -> None:
    """Print what a session, an answer and a reply leave behind."""
    with own_home() as home:
        before, sessions, replies = asyncio.run(_grow(home, people))
    _show(f"a session of {ANSWERS} answers, its start and its end included", before, sessions, people)
    _show("a reply of the coach", sessions, replies, people * len(SAID))


async def _grow(home: Path, people: int) -> tuple[Kept, Kept, Kept]:
    async with joined_stack(Settings()) as stack, stack.encryption() as keys:
        env = WorkflowEnvironment.from_client(await connect(stack.temporal_address, keys, channel=True))
        async with (
            asyncpg.create_pool(stack.database_url, min_size=1, max_size=3) as pool,
            People(env, pool, patience=120, keys=keys) as cast,
        ):
            temporal = processes_of(home).temporal
            before = await _kept(pool, temporal)
            persons = [cast.person(planned_questions=15) for _ in range(people)]
            await open_sessions([OurPerson(person) for person in persons])
            await talk([OurPerson(person) for person in persons], ANSWERS, rate=8)
            for person in persons:
                await person.stops()
                await person.outcome()
            await asyncio.sleep(10)
            talkers = [Talker(cast) for _ in range(people)]
            for talker in talkers:
                await talker.agrees()
            sessions = await _kept(pool, temporal)
            await asyncio.gather(*(_talks(talker, number / 4) for number, talker in enumerate(talkers)))
            await asyncio.sleep(10)
            return before, sessions, await _kept(pool, temporal)


async def _talks(talker: Talker, begins_after: float) -> None:
    await asyncio.sleep(begins_after)
    for text in SAID:
        await talker.says(text)
        await talker.person.sees(CoachReply)
    await at_rest(talker.talk)


async def _kept(pool: asyncpg.Pool, temporal: psutil.Process) -> Kept:
    sizes = {row["name"]: row["bytes"] for row in await pool.fetch(_SIZES)}
    rows = {name: await pool.fetchval(f"SELECT count(*) FROM {name}") for name in sizes}
    return Kept(Counter(sizes), Counter(rows), await asyncio.to_thread(_asked, temporal))


def _asked(temporal: psutil.Process) -> Counter[str]:
    """What a dev server has asked of its database."""
    told = metrics_at(metrics_of_temporal(temporal))
    counted: Counter[str] = Counter()
    for operation, times in re.findall(
        r'^persistence_requests(?:_total)?\{.*?operation="(\w+)".*\} ([\d.e+]+)$', told, re.M
    ):
        counted[operation] += int(float(times))
    return counted


def _show(title: str, before: Kept, after: Kept, times: int) -> None:
    table = Table("of " + title, "rows", "KiB", title=f"{times} times")
    grown = {name: after.bytes[name] - before.bytes[name] for name in after.bytes}
    for name, size in sorted(grown.items(), key=lambda each: -each[1]):
        if size > 0:
            table.add_row(name, f"{(after.rows[name] - before.rows[name]) / times:.2f}", f"{size / times / 1024:.2f}")
    rows = (after.rows.total() - before.rows.total()) / times
    table.add_row("PostgreSQL, all", f"{rows:.2f}", f"{sum(grown.values()) / times / 1024:.2f}")
    asked = Table("Temporal asks of its database", "times")
    more = after.asked - before.asked
    for name, number in more.most_common(12):
        asked.add_row(name, f"{number / times:.1f}")
    asked.add_row("all", f"{more.total() / times:.1f}")
    Console().print(table, asked)


if __name__ == "__main__":
    typer.run(measure)
