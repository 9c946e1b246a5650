"""`make bench`: what an answer costs, on the embedded stack as it ships, with the offline analyst.

N people hold sessions at a steady rate of answers over all of them. An answer's time runs from the moment its signal is
sent to the moment its reflection reaches the channel. Events, bytes and activities are read from the histories: those
of the first question and of the end are left out, as they are no part of an answer.

The processes are those of a real `make chat`: Temporal, PostgreSQL and the workers, with this one as the channel. All
of it is on loopback, bounded in number, and ends by itself.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from typing import Annotated

import asyncpg
import typer
from rich.console import Console
from rich.table import Table
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from schema.analysis import Complexity
from schema.deliveries import Feedback, Question
from tests.load.routing import mix, overhead
from tests.person import Cast, Person
from workers.client import connect
from workers.replay import local_activity
from workers.settings import Settings
from workers.stack.join import joined_stack

CALLS = 300
TEXT = "I like long walks by the river with my sister; it calms me and I feel close to her, even on hard days. "

REMOTE = ("instant_feedback", "analyse_answer", "deliver")


@dataclass
class Findings:
    """What was measured."""

    milliseconds: list[float] = field(default_factory=list)
    """From an answer's signal to its reflection, of every answer."""
    events: list[float] = field(default_factory=list)
    """History events an answer, of every session."""
    kilobytes: list[float] = field(default_factory=list)
    """History an answer, of every session."""
    remote: list[float] = field(default_factory=list)
    """Remote activities an answer, of every session."""
    local: list[float] = field(default_factory=list)
    """Local activities an answer, of every session."""
    seconds: float = 0
    """All answers together."""
    routing: list[float] = field(default_factory=list)
    """Milliseconds that we add to a call of a language model."""


def bench(
    sessions: Annotated[int, typer.Option(min=1, max=2000, help="People at the same time.")] = 30,
    answers: Annotated[int, typer.Option(min=2, max=10, help="Answers of each.")] = 10,
    rate: Annotated[float, typer.Option(min=0.1, max=500, help="Answers a second over all sessions.")] = 30,
) -> None:
    """Print events, bytes and milliseconds of an answer."""
    # As in production; a developer's chat and the tests pay for the sandbox.
    os.environ.setdefault("SELFOLOGY_SANDBOX", "false")
    # Nobody pays for a measurement: away from keys, in the environment or in the developer's `.env`.
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="selfology-bench-") as home:
        os.chdir(home)
        os.environ["SELFOLOGY_HOME"] = home
        findings = asyncio.run(_measure(sessions, answers, rate))
    _show(findings, sessions, answers, rate)


async def _measure(sessions: int, answers: int, rate: float) -> Findings:
    findings = Findings()
    async with joined_stack(Settings()) as stack:
        client = await connect(stack.temporal_address)
        async with (
            asyncpg.create_pool(stack.database_url, min_size=1, max_size=2) as pool,
            Cast(WorkflowEnvironment.from_client(client), pool) as cast,
        ):
            people = [cast.person(planned_questions=answers + 1) for _ in range(sessions)]
            for person in people:
                await person.begins()
            began = time.perf_counter()
            pace = sessions / rate
            await asyncio.gather(
                *(_talk(person, answers, pace, number / rate, findings) for number, person in enumerate(people))
            )
            findings.seconds = time.perf_counter() - began
            # The last analyses are part of the answers that they are of.
            await asyncio.sleep(2)
            findings.routing = await overhead(pool, CALLS)
            for person in people:
                _count(await person.session.fetch_history(), answers, findings)
                await person.session.terminate("measured")
    return findings


async def _talk(person: Person, answers: int, pace: float, offset: float, findings: Findings) -> None:
    await asyncio.sleep(offset)
    for number in range(answers):
        until_next = asyncio.create_task(asyncio.sleep(pace))
        sent = time.perf_counter()
        await person.says(f"{TEXT * 2}({number})")
        await person.sees(Feedback)
        findings.milliseconds.append((time.perf_counter() - sent) * 1000)
        await person.sees(Question)
        await until_next


def _count(history: WorkflowHistory, answers: int, findings: Findings) -> None:
    first = next(i for i, event in enumerate(history.events) if _signal(event) == "submit_answer")
    told = history.events[first:]
    findings.events.append(len(told) / answers)
    findings.kilobytes.append(sum(event.ByteSize() for event in told) / answers / 1024)
    scheduled = [event.activity_task_scheduled_event_attributes.activity_type.name for event in told]
    findings.remote.append(sum(name in REMOTE for name in scheduled) / answers)
    findings.local.append(sum(local_activity(event) is not None for event in told) / answers)


def _signal(event: HistoryEvent) -> str:
    return event.workflow_execution_signaled_event_attributes.signal_name


def _show(findings: Findings, sessions: int, answers: int, rate: float) -> None:
    percentiles = statistics.quantiles(findings.milliseconds, n=100)
    total = len(findings.milliseconds)
    table = Table("an answer", "measured", "budget", title=f"{sessions} sessions of {answers} answers at {rate:g}/s")
    table.add_row("milliseconds, p50", f"{percentiles[49]:.1f}", "")
    table.add_row("milliseconds, p95", f"{percentiles[94]:.1f}", "100 at 30/s")
    table.add_row("milliseconds, p99", f"{percentiles[98]:.1f}", "")
    table.add_row("history events, most", f"{max(findings.events):.1f}", "26")
    table.add_row("history KiB, most", f"{max(findings.kilobytes):.1f}", "12")
    table.add_row("remote activities, most", f"{max(findings.remote):.1f}", "3")
    table.add_row("local activities, most", f"{max(findings.local):.1f}", "")
    table.add_row("answers a second", f"{total / findings.seconds:.1f}", "")
    routing = statistics.quantiles(findings.routing, n=100)
    calls = Table("a call of a language model", "measured", "budget", title=f"{CALLS} calls, one after the other")
    calls.add_row("our own milliseconds, p50", f"{routing[49]:.1f}", "")
    calls.add_row("our own milliseconds, p95", f"{routing[94]:.1f}", "5")
    shares = mix()
    for complexity, target in zip(Complexity, ("15 %", "75 %", "10 %"), strict=True):
        calls.add_row(f"{complexity} answers of a realistic stream", f"{shares[complexity]:.0%}", target)
    console = Console()
    console.print(table, calls)
    console.print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; offline analyst.")


if __name__ == "__main__":
    typer.run(bench)
