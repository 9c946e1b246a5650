"""What `make ops` shows: somebody talks, a part is killed and started anew, and the operators are told of both."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.text import Text

from gateway.presentation.texts.texts import Texts
from schema.vocabulary import Locale
from tests.ops.monitoring import Monitoring, watched
from tests.ops.system import System, running_system
from tests.scratch import scratch
from tests.telegram.bot_api import BotApi, BotMessage, Person
from workers.stack.home import Home
from workers.telemetry.gauges import EVERY


class Fault(StrEnum):
    """What may be killed."""

    WORKER = "worker"
    BOT = "bot"
    VECTORS = "vectors"
    TEMPORAL = "temporal"
    DATABASE = "database"


TOLD = {
    Fault.WORKER: "NobodyTakesTasks",
    Fault.BOT: "NobodyDelivers",
    Fault.VECTORS: "ProcessDown",
    Fault.TEMPORAL: "TemporalDown",
    Fault.DATABASE: "DatabaseDown",
}
"""The one alert of which the operators are then told."""

OVER = "OVER"
"""How a message begins that says so."""

TEXTS = Texts(Locale.EN)
ANSWERS = (
    "I like the sea, because it never hurries me.",
    "My sister calls every evening. She calms me when I worry about my work.",
)
PERSON = 1001
SPEED = 6
"""How much shorter all waits are by default. With more, a busy machine answers Prometheus too late at times."""
LONGEST_WAIT = 300
"""Seconds that an alert, or its end, may take at full length once it has been measured."""
BUSY = 60
"""Seconds that this machine may be late with anything."""


class Demonstration:
    """One run of it, told line by line."""

    def __init__(self, console: Console, system: System, watch: Monitoring, anna: Person, speed: int) -> None:
        self._console = console
        self._system = system
        self._watch = watch
        self._anna = anna
        self._patience = BUSY + 3 * EVERY.total_seconds() + LONGEST_WAIT / speed
        self._told = 0

    def say(self, line: str) -> None:
        """Prints a line with the time of day."""
        self._console.print(f"[dim]{datetime.now(UTC):%H:%M:%S}[/]  {line}", soft_wrap=True)

    async def is_quiet(self) -> None:
        """Waits until every process is seen, and nothing is amiss."""
        await self._until(self._all_seen, "Prometheus does not see every process")
        await self._until(self._no_alert, "an alert does not end")
        self.say(f"Prometheus sees {', '.join(await self._watch.prometheus.seen())}. All is quiet.")

    async def talks(self) -> None:
        """Anna comes, and answers a question."""
        await self._anna.writes("/start")
        await self._anna.sees(TEXTS.say("consent-question"), BUSY)
        await self._anna.taps(TEXTS.say("choice-agree"))
        await self._is_asked(1)
        await self._anna.writes(ANSWERS[0])
        await self._is_asked(2)
        self.say("Anna has begun a session, answered a question, and been asked the next.")

    async def breaks(self, fault: Fault) -> None:
        """Kills a part. Anna answers, and knows nothing of that. Waits until the operators are told."""
        killed, began = await self._system.kill(fault), time.monotonic()
        self.say(f"[red]kill -9 {killed}[/]: {fault} is gone.")
        await self._anna.writes(ANSWERS[1])
        self.say("Anna answers her question. What she wrote is kept.")
        await self._is_told(TOLD[fault], lambda words: not words.startswith(OVER))
        self.say(f"They know after {time.monotonic() - began:.0f} s.")

    async def mends(self, fault: Fault) -> None:
        """Starts it anew. Waits until Anna is answered, and the operators are told."""
        began = time.monotonic()
        self.say(f"Started anew: {fault}.")
        await self._system.start(fault)
        self.say(f"It is ready after {time.monotonic() - began:.0f} s.")
        await self._is_asked(3)
        self.say("Anna has the reflection on her answer, and the next question. She never had to write twice.")
        await self._is_told(TOLD[fault], lambda words: words.startswith(OVER))
        await self._until(self._no_alert, "an alert does not end")

    async def tells_the_rest(self, fault: Fault) -> None:
        """What fired, too, and has the same cause; and whether anybody was woken."""
        self._show_new()
        held = {alert for alert in await self._watch.have_fired() if not any(alert in each for each in self.messages)}
        if held:
            self.say(f"{' and '.join(sorted(held))} fired, too, of the same cause. Alertmanager held that back.")
        self.say(f"Their pager rang for {' and '.join(self.pages) or 'nothing'}.")

    async def stays(self) -> NoReturn:
        """Leaves all running, for whoever wants to kill something by hand, and prints what the operators are told."""
        running = {name: part.process.pid for name, part in self._system.parts.items() if part.process}
        self.say(f"All goes on running until Ctrl-C: {', '.join(f'{name} {pid}' for name, pid in running.items())}.")
        while True:
            self._show_new()
            await asyncio.sleep(1)

    @property
    def messages(self) -> list[str]:
        """What the operators have been told in Telegram."""
        return self._watch.operators.messages

    @property
    def pages(self) -> list[str]:
        """The alerts for which their pager has rung."""
        return self._watch.operators.pages

    async def _is_asked(self, number: int) -> BotMessage:
        return await self._anna.sees(TEXTS.say("question-frame", number=number, planned=12), BUSY)

    async def _is_told(self, alert: str, fits: Callable[[str], bool]) -> None:
        async def told() -> bool:
            return any(alert in message and fits(message) for message in self._show_new())

        await self._until(told, f"the operators are not told of {alert}")

    def _show_new(self) -> list[str]:
        """Prints the messages that have come meanwhile."""
        new = self.messages[self._told :]
        self._told += len(new)
        for message in new:
            self.say("To the operators, in Telegram:")
            style = "green" if message.startswith(OVER) else "bold red"
            for words in message.split("\n"):
                self._console.print(Text(f"            {words}", style=style), soft_wrap=True)
        return new

    async def _all_seen(self) -> bool:
        seen = await self._watch.prometheus.seen()
        return set(seen) == set(self._system.jobs) and set(seen.values()) == {"up"}

    async def _no_alert(self) -> bool:
        return not await self._watch.prometheus.alerts()

    async def _until(self, happens: Callable[[], Awaitable[bool]], otherwise: str) -> None:
        try:
            async with asyncio.timeout(self._patience):
                while not await happens():
                    await asyncio.sleep(0.2)
        except TimeoutError:
            stands = (
                await self._watch.prometheus.seen(),
                await self._watch.prometheus.alerts(),
                self.messages,
                self._watch.operators.api.refused,
            )
            raise AssertionError(f"{otherwise}, after {self._patience:.0f} s: {stands}") from None


@asynccontextmanager
async def demonstration(console: Console, speed: int) -> AsyncIterator[tuple[Demonstration, Monitoring]]:
    """The system with those who watch it, in a directory that ends with the context, as all of its processes do."""
    with tempfile.TemporaryDirectory(prefix="selfology-ops-", dir=scratch()) as folder:
        home = Home.prepared(Path(folder))
        pace = "as deploy/prometheus has them" if speed == 1 else f"{speed} times shorter than in deploy/prometheus"
        console.print(f"Selfology, watched by Prometheus and Alertmanager. Their rules wait {pace}.", soft_wrap=True)
        async with (
            BotApi() as api,
            running_system(home, api) as system,
            watched(home, system.jobs, speed) as watch,
        ):
            for name, place in (
                ("Prometheus", watch.page),
                # Debian's has no pages.
                ("Alertmanager", f"amtool alert --alertmanager.url={watch.alertmanager}"),
                ("Temporal", system.temporal.ui_url),
            ):
                console.print(f"  {name:<13} {place}", soft_wrap=True)
            anna = api.person(PERSON, language_code="en")
            yield Demonstration(console, system, watch, anna, speed), watch
