"""`make bench`: what an answer costs, on the embedded stack as it ships, with the offline analyst.

Three scenes, each with our people and with those of a bare workflow that has the same tasks and nothing in them: N
people answer at a steady rate over all of them; they answer as fast as they are answered; and many come in a moment
while some are in talk. An answer's time runs from the moment its signal is sent to the moment its reflection reaches
the channel. Events, bytes and activities are read from the histories: those of the first question and of the end are
left out, as they are no part of an answer.

The processes are those of a real `make chat`: Temporal, PostgreSQL and the workers, with this one as the channel. All
of it is on loopback, bounded in number, and ends by itself. `make bench AGAINST=<commit>` is `tests.load.compare`.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import psutil
import typer
from rich.console import Console
from rich.table import Table
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from schema.analysis.routing import Complexity
from schema.deliveries import ConsentRequest, Feedback, Question
from tests.load.bare import BarePerson, bare_channel, bare_worker
from tests.load.own_home import own_home
from tests.load.routing import mix, overhead
from tests.load.scenarios import Talker, burst, cpu_seconds, end, open_sessions, talk
from tests.people.person import People, Person
from workers.client import connect
from workers.replay import local_activity
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.record import running_stack

CALLS = 300
PATIENCE = 300.0
"""Seconds that somebody of a crowd waits for a word."""
TELEGRAM = 30.0
"""Deliveries a second that Telegram takes."""
FIGURES = {
    "milliseconds, p50": "",
    "milliseconds, p95": "1.5 x, 100 at 30/s",
    "milliseconds, p99": "",
    "answers a second": ".85 x",
    "workers' CPU ms": "",
    "Temporal's CPU ms": "",
    "PostgreSQL's CPU ms": "",
    "the channel's CPU ms": "",
    "history events, most": "26",
    "history KiB, most": "12",
    "remote activities, most": "3",
    "local activities, most": "",
    "burst: all asked, s": "1.2 x",
    "burst: first word, ms, p50": "",
    "burst: in talk, ms, p95": "500",
    "burst: tasks done twice": "0",
    "paced burst: all asked, x pace": "1.2",
    "paced burst: in talk, ms, p95": "500",
    "paced burst: tasks done twice": "0",
}
"""What is measured, and its budget."""

Figures = dict[str, float]


@dataclass(frozen=True)
class Load:
    """How much is done."""

    sessions: int
    answers: int
    rate: float
    newcomers: int


@dataclass(frozen=True)
class Processes:
    """Who works for an answer."""

    workers: psutil.Process
    temporal: psutil.Process
    postgres: psutil.Process

    def used(self) -> tuple[float, float, float, float]:
        """CPU seconds of each so far, and of this one, which is the channel."""
        # PostgreSQL has a process for each connection, and connections are made when they are needed.
        postgres = [self.postgres, *self.postgres.children()]
        servers = cpu_seconds(self.temporal), sum(map(cpu_seconds, postgres))
        return cpu_seconds(self.workers), *servers, time.process_time()


class OurPerson:
    """Somebody who talks to an `OnboardingSession`."""

    def __init__(self, person: Person) -> None:
        self._person = person

    @property
    def session(self) -> WorkflowHandle[Any, Any]:
        """The person's session."""
        return self._person.session

    async def comes(self) -> None:
        """Presses /start."""
        await self._person.starts()

    async def is_greeted(self) -> None:
        """Is asked for consent."""
        await self._person.sees(ConsentRequest)

    async def agrees(self) -> None:
        """Consents."""
        await self._person.agrees()

    async def is_asked(self) -> None:
        """Sees a question."""
        await self._person.sees(Question)

    async def says(self, text: str) -> None:
        """Answers it."""
        await self._person.says(text)

    async def is_reflected(self) -> None:
        """Sees the reflection, and the next question with it."""
        await self._person.sees(Feedback)
        await self._person.sees(Question)


def bench(
    sessions: Annotated[int, typer.Option(min=1, max=2000, help="People at the same time.")] = 30,
    answers: Annotated[int, typer.Option(min=2, max=12, help="Answers of each.")] = 10,
    rate: Annotated[float, typer.Option(min=0.1, max=500, help="Answers a second over all sessions.")] = 30,
    newcomers: Annotated[int, typer.Option(min=1, max=5000, help="People who come in a moment.")] = 150,
    as_json: Annotated[bool, typer.Option("--json", help="Print figures only, for programs.")] = False,
) -> None:
    """Print events, bytes and milliseconds of an answer, beside those of a bare workflow with the same tasks."""
    load = Load(sessions, answers, rate, newcomers)
    with own_home() as home:
        ours, bare, calls = asyncio.run(_measure(home, load))
    if as_json:
        typer.echo(json.dumps({"ours": ours, "bare": bare}))
    else:
        _show(ours, bare, calls, load)


async def _measure(home: Path, load: Load) -> tuple[Figures, Figures, list[float]]:
    async with (
        joined_stack(Settings()) as stack,
        stack.encryption() as keys,
        bare_worker(stack.temporal_address) as bare_process,
    ):
        # A bare workflow's people have no keys.
        client = await connect(stack.temporal_address)
        env = WorkflowEnvironment.from_client(await connect(stack.temporal_address, keys, channel=True))
        async with (
            asyncpg.create_pool(stack.database_url, min_size=1, max_size=2) as pool,
            People(env, pool, patience=PATIENCE, keys=keys) as cast,
            People(env, pool, patience=PATIENCE, keys=keys, deliveries_a_second=TELEGRAM) as paced,
            bare_channel(client) as channel,
        ):
            ours = await _figures(lambda: OurPerson(cast.person(planned_questions=15)), load, processes_of(home))
            bare = await _figures(
                lambda: BarePerson(client, channel), load, replace(processes_of(home), workers=bare_process)
            )
            ours |= await _paced(paced, load)
            return ours, bare, await overhead(pool, CALLS)


async def _figures(somebody: Callable[[], Talker], load: Load, processes: Processes) -> Figures:
    def crowd(number: int) -> list[Talker]:
        return [somebody() for _ in range(number)]

    people = crowd(load.sessions)
    await open_sessions(people)
    percentiles = statistics.quantiles(await talk(people, load.answers, load.rate), n=100)
    await _analyses_end()
    kept = [_kept(await person.session.fetch_history(), load.answers) for person in people]
    await end(people)

    people = crowd(load.sessions)
    await open_sessions(people)
    used, began = processes.used(), time.perf_counter()
    answers = len(await talk(people, load.answers))
    seconds = time.perf_counter() - began
    await _analyses_end()
    cpu = [(after - before) * 1000 / answers for before, after in zip(used, processes.used(), strict=True)]
    await end(people)

    talking, newcomers = crowd(load.sessions), crowd(load.newcomers)
    came = await burst(talking, newcomers)
    await end([*talking, *newcomers])
    most = [max(figures) for figures in zip(*kept, strict=True)]
    return dict(
        zip(
            FIGURES,
            [
                *(percentiles[49], percentiles[94], percentiles[98]),
                *(answers / seconds, *cpu),
                *most,
                *(came.seconds, statistics.median(came.first_words), _p95(came.meanwhile), came.tasks_lost),
            ],
            strict=False,
        )
    )


async def _paced(paced: People, load: Load) -> Figures:
    """The same burst through a channel as slow as Telegram: how much longer it takes than the channel must."""
    talking = [OurPerson(paced.person(planned_questions=15)) for _ in range(load.sessions)]
    newcomers = [OurPerson(paced.person()) for _ in range(load.newcomers)]
    before = len(paced.screens.delivered)
    came = await burst(talking, newcomers)
    # The first questions of those in talk came before.
    deliveries = len(paced.screens.delivered) - before - 2 * load.sessions
    await end([*talking, *newcomers])
    figures = [came.seconds * TELEGRAM / deliveries, _p95(came.meanwhile), came.tasks_lost]
    return dict(zip([name for name in FIGURES if name.startswith("paced")], figures, strict=True))


def processes_of(home: Path) -> Processes:
    """The processes of the stack in a home directory."""
    running = running_stack(Home.prepared(home))
    assert running is not None
    supervisor = psutil.Process(running.supervisor)
    servers = {server.name(): server for server in supervisor.children()}
    return Processes(workers=supervisor, temporal=servers["temporal"], postgres=servers["postgres"])


async def _analyses_end() -> None:
    """The last analyses are part of the answers that they are of."""
    await asyncio.sleep(2)


def _kept(history: WorkflowHistory, answers: int) -> tuple[float, ...]:
    """Events, KiB, remote and local activities of an answer in a session's history."""
    first = next(i for i, event in enumerate(history.events) if _signal(event) in ("submit_answer", "tell"))
    told = history.events[first:]
    remote = sum(event.HasField("activity_task_scheduled_event_attributes") for event in told)
    local = sum(local_activity(event) is not None for event in told)
    kilobytes = sum(event.ByteSize() for event in told) / 1024
    return tuple(figure / answers for figure in (len(told), kilobytes, remote, local))


def _signal(event: HistoryEvent) -> str:
    return event.workflow_execution_signaled_event_attributes.signal_name


def _p95(milliseconds: Sequence[float]) -> float:
    return statistics.quantiles(milliseconds, n=100)[94] if len(milliseconds) > 1 else 0.0


def _show(ours: Figures, bare: Figures, routing: Sequence[float], load: Load) -> None:
    table = Table(
        *("an answer", "ours", "bare", "ratio", "budget"),
        title=f"{load.sessions} people of {load.answers} answers at {load.rate:g}/s, then at once;"
        f" {load.newcomers} who come in a moment",
    )
    for name, budget in FIGURES.items():
        beside = bare.get(name)
        ratio = f"{ours[name] / beside:.2f}" if beside else ""
        table.add_row(name, f"{ours[name]:.1f}", f"{beside:.1f}" if beside is not None else "", ratio, budget)
    percentiles = statistics.quantiles(routing, n=100)
    calls = Table("a call of a language model", "measured", "budget", title=f"{CALLS} calls, one after the other")
    calls.add_row("our own milliseconds, p50", f"{percentiles[49]:.1f}", "")
    calls.add_row("our own milliseconds, p95", f"{percentiles[94]:.1f}", "5")
    shares = mix()
    for complexity, target in zip(Complexity, ("15 %", "75 %", "10 %"), strict=True):
        calls.add_row(f"{complexity} answers of a realistic stream", f"{shares[complexity]:.0%}", target)
    console = Console()
    console.print(table, calls)
    console.print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; offline analyst.")


if __name__ == "__main__":
    typer.run(bench)
