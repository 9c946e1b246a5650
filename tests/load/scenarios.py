"""What `make bench` has people do: talk at a steady rate, talk as fast as they are answered, and come all at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import psutil
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

TEXT = "I like long walks by the river with my sister; it calms me and I feel close to her, even on hard days. " * 2

TALKERS_REST = 6.0
"""Seconds between two answers of those who talk while others come."""
MOST_ANSWERS = 13
"""Answers after which a session would come to its end."""
NOT_DONE = (EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)


class Talker(Protocol):
    """A person as a benchmark needs them, of ours or of the bare workflow."""

    @property
    def session(self) -> WorkflowHandle[Any, Any]:
        """The workflow that they talk to."""

    async def comes(self) -> None:
        """Opens a session."""

    async def is_greeted(self) -> None:
        """Sees the first word."""

    async def agrees(self) -> None:
        """Consents."""

    async def is_asked(self) -> None:
        """Sees a question."""

    async def says(self, text: str) -> None:
        """Answers it."""

    async def is_reflected(self) -> None:
        """Sees the reflection on the answer."""


Milliseconds = list[float]
Rest = Callable[[int], Awaitable[None]]


@dataclass(frozen=True)
class Burst:
    """How it went when many came at once."""

    seconds: float
    """Until the last of them had a question."""
    first_words: Milliseconds
    """From each one's coming to their greeting."""
    meanwhile: Milliseconds
    """Reflections on answers of people who were in talk already."""
    tasks_lost: int
    """Workflow tasks that timed out or failed: work that was done twice."""


async def open_sessions(people: Sequence[Talker]) -> None:
    """Brings people to their first question, a few at a time."""
    few = asyncio.Semaphore(10)

    async def begin(person: Talker) -> None:
        async with few:
            await _begin(person)

    await asyncio.gather(*map(begin, people))


async def talk(people: Sequence[Talker], answers: int, rate: float | None = None) -> Milliseconds:
    """Everybody's answers, at a rate over all of them, or each as soon as the one before has its reflection.

    Gives the time of each, from the moment its signal is sent to the moment its reflection comes.
    """

    async def one(number: int, person: Talker) -> Milliseconds:
        if rate is None:
            return [await _answer(person, told) for told in range(answers)]
        await asyncio.sleep(number / rate)
        times = []
        for told in range(answers):
            until_next = asyncio.create_task(asyncio.sleep(len(people) / rate))
            times.append(await _answer(person, told))
            await until_next
        return times

    told = await asyncio.gather(*(one(number, person) for number, person in enumerate(people)))
    return [milliseconds for times in told for milliseconds in times]


async def burst(talking: Sequence[Talker], newcomers: Sequence[Talker]) -> Burst:
    """Many come in a moment, while some are in talk."""
    await open_sessions(talking)
    meanwhile: Milliseconds = []
    over = asyncio.Event()
    talks = asyncio.gather(*(_talk_on(person, n / len(talking), over, meanwhile) for n, person in enumerate(talking)))
    began = time.perf_counter()
    first_words = await asyncio.gather(*map(_begin, newcomers))
    seconds = time.perf_counter() - began
    over.set()
    await talks
    lost = 0
    for person in [*talking, *newcomers]:
        lost += sum(event.event_type in NOT_DONE for event in (await person.session.fetch_history()).events)
    return Burst(seconds, first_words, meanwhile, lost)


async def end(people: Sequence[Talker]) -> None:
    """Ends their sessions, so that they cost nothing any more."""
    for person in people:
        await person.session.terminate("measured")


def cpu_seconds(process: psutil.Process) -> float:
    """What a process has used of all cores, its children apart."""
    times = process.cpu_times()
    return float(times.user + times.system)


async def _begin(person: Talker) -> float:
    """Up to the first question; gives the milliseconds to the first word."""
    began = time.perf_counter()
    await person.comes()
    await person.is_greeted()
    first_word = (time.perf_counter() - began) * 1000
    await person.agrees()
    await person.is_asked()
    return first_word


async def _answer(person: Talker, number: int) -> float:
    sent = time.perf_counter()
    await person.says(f"{TEXT}({number})")
    await person.is_reflected()
    return (time.perf_counter() - sent) * 1000


async def _talk_on(person: Talker, offset: float, over: asyncio.Event, times: Milliseconds) -> None:
    pause = offset * TALKERS_REST
    for number in range(MOST_ANSWERS):
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), pause)
            return
        times.append(await _answer(person, number))
        pause = TALKERS_REST
