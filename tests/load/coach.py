"""What a reply of the coach takes: `python -m tests.load.coach`, under two minutes.

A hundred people are in talk with the coach at 1,000 messages a minute, over a channel without a pace. The model is on
loopback: it begins after 0.2 s and writes 38 pieces at 20 a second, so that alone it takes two seconds. `--offline` has
the offline coach write. Nobody's pace is in the way but ours, so the setting that spares providers is raised.

The processes are those of a real `make chat`, with this one as the channel. Workers' processes write no reply that was
rewritten: those of this model all pass.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.console import Console
from rich.table import Table
from temporalio.testing import WorkflowEnvironment

from activities.coaching.drafts import PostgresDraftFeed
from schema.coaching.deliveries import CoachReply
from schema.coaching.drafts import Draft
from tests.aimock import aimock
from tests.coaching.talker import Talker
from tests.load.bench import Processes, processes_of
from tests.load.own_home import own_home
from tests.load.scenarios import NOT_DONE
from tests.people.person import People, at_rest
from workers.client import connect
from workers.settings import Settings
from workers.stack.join import joined_stack

MODEL = "anthropic/steady"
CALLS_A_SECOND = 50
"""What the provider takes here; 20 is the setting's default, and 17 messages a second come."""
SAID = (
    "I keep putting off a call to my brother Pavel.",
    "We have not spoken since spring. I think it was my fault, and I can't say so.",
    "My wife Anna says that I should write to him.",
    "I want to sleep better, too. I lie awake till two.",
    "Last year I moved to Kazan for the new job.",
    "It is hard to say what I am afraid of.",
    "Please don't bring up my father.",
    "I have worked as a nurse for twelve years.",
    "Once at Christmas it was easier between us.",
    "I could call him on Sunday.",
)


@dataclass(frozen=True)
class Cost:
    """What a reply costs, on the average."""

    cpu: tuple[float, ...]
    """Milliseconds of the workers, Temporal, PostgreSQL and the channel."""
    events: float
    kilobytes: float
    tasks_lost: int


@dataclass
class Seen:
    """What people have seen, in milliseconds from their message."""

    said_at: dict[str, float] = field(default_factory=dict)
    """By address, of the message that waits for its reply."""
    waits_for_words: set[str] = field(default_factory=set)
    first_words: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    offline: int = 0

    async def show(self, draft: Draft) -> None:
        """Notes the first words of a reply."""
        self.words_come(draft.address)

    def words_come(self, address: str) -> None:
        """Notes that something is on the screen, whether a draft or the reply itself."""
        if address in self.waits_for_words:
            self.waits_for_words.discard(address)
            self.first_words.append((time.perf_counter() - self.said_at[address]) * 1000)


def measure(
    people: Annotated[int, typer.Option(min=1, max=200, help="People in talk at the same time.")] = 100,
    messages: Annotated[int, typer.Option(min=1, max=10, help="Messages of each.")] = 10,
    rate: Annotated[float, typer.Option(min=1, max=3000, help="Messages a minute, of all of them.")] = 1000,
    offline: Annotated[bool, typer.Option(help="The offline coach writes.")] = False,
) -> None:
    """Print when the first words of a reply come, when all of it, and what it costs."""
    with own_home() as home, ExitStack() as stack:
        if not offline:
            url = stack.enter_context(aimock())
            os.environ |= {"ANTHROPIC_API_KEY": "sk-loopback-0000", "ANTHROPIC_BASE_URL": url}
            for tier in ("SMALL", "STANDARD", "PREMIUM"):
                os.environ |= {
                    f"SELFOLOGY_AI_{tier}__MODEL": MODEL,
                    f"SELFOLOGY_AI_{tier}__INPUT_PRICE": "0",
                    f"SELFOLOGY_AI_{tier}__OUTPUT_PRICE": "0",
                }
            os.environ["SELFOLOGY_ENGINE_MODEL_CALLS_PER_SECOND"] = str(CALLS_A_SECOND)
        seen, cost = asyncio.run(_talk(home, people, messages, rate / 60))
    _show(seen, cost, f"{people} people, {people * messages} messages at {rate:g} a minute")


async def _talk(home: Path, people: int, messages: int, rate: float) -> tuple[Seen, Cost]:
    seen = Seen()
    async with joined_stack(Settings()) as stack, stack.encryption() as keys:
        env = WorkflowEnvironment.from_client(await connect(stack.temporal_address, keys, channel=True))
        async with (
            asyncpg.create_pool(stack.database_url, min_size=1, max_size=3) as pool,
            People(env, pool, patience=60, keys=keys) as cast,
        ):
            following = asyncio.create_task(PostgresDraftFeed(pool, keys.columns).follow(cast.queue, seen.show))
            try:
                talkers = [Talker(cast) for _ in range(people)]
                few = asyncio.Semaphore(10)
                await asyncio.gather(*(_comes(talker, few) for talker in talkers))
                # What their sessions leave to be done in the background is no part of a reply.
                await asyncio.sleep(3)
                processes = processes_of(home)
                before = processes.used()
                pause = people / rate
                await asyncio.gather(*(_says(t, n / rate, seen, messages, pause) for n, t in enumerate(talkers)))
                cost = await _cost(talkers, messages, processes, before)
            finally:
                following.cancel()
                await asyncio.wait([following])
    return seen, cost


async def _comes(talker: Talker, few: asyncio.Semaphore) -> None:
    async with few:
        await talker.agrees_in_a_session()


async def _says(talker: Talker, begins_after: float, seen: Seen, messages: int, pause: float) -> None:
    address = talker.person.name
    await asyncio.sleep(begins_after)
    for text in SAID[:messages]:
        until_next = asyncio.create_task(asyncio.sleep(pause))
        seen.said_at[address] = time.perf_counter()
        seen.waits_for_words.add(address)
        await talker.says(text)
        reply = await talker.person.sees(CoachReply)
        seen.words_come(address)
        seen.whole.append((time.perf_counter() - seen.said_at[address]) * 1000)
        seen.offline += reply.offline
        await until_next


async def _cost(talkers: Sequence[Talker], messages: int, processes: Processes, before: tuple[float, ...]) -> Cost:
    for talker in talkers:
        await at_rest(talker.talk)
    replies = len(talkers) * messages
    cpu = tuple((after - begin) * 1000 / replies for begin, after in zip(before, processes.used(), strict=True))
    histories = [(await talker.talk.fetch_history()).events for talker in talkers]
    events = [event for history in histories for event in history]
    return Cost(
        cpu=cpu,
        events=len(events) / replies,
        kilobytes=sum(event.ByteSize() for event in events) / 1024 / replies,
        tasks_lost=sum(event.event_type in NOT_DONE for event in events),
    )


def _show(seen: Seen, cost: Cost, title: str) -> None:
    table = Table("a reply of the coach", "p50", "p95", "most", "budget, p95", title=title)
    for name, figures, budget in (("first words, ms", seen.first_words, "1500"), ("whole, ms", seen.whole, "3000")):
        percentiles = statistics.quantiles(figures, n=100)
        table.add_row(name, f"{percentiles[49]:.0f}", f"{percentiles[94]:.0f}", f"{max(figures):.0f}", budget)
    means = Table("of a reply", "mean", "budget")
    for name, used in zip(("workers", "Temporal", "PostgreSQL", "the channel"), cost.cpu, strict=True):
        means.add_row(f"CPU ms: {name}", f"{used:.1f}", "")
    means.add_row("history events", f"{cost.events:.1f}", "30")
    means.add_row("history KiB", f"{cost.kilobytes:.1f}", "15")
    means.add_row("workflow tasks done twice, of all", f"{cost.tasks_lost}", "0")
    means.add_row("replies of the offline coach, of all", f"{seen.offline}", "")
    console = Console()
    console.print(table, means)
    console.print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")


if __name__ == "__main__":
    typer.run(measure)
