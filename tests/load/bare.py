"""The floor of `make bench`: a workflow with the tasks of a session and nothing in them.

Its worker is a process of its own, as the product's is, with the same engine settings, on the same servers. So what is
above it is ours.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from gateway.clients.temporal.onboarding import OPENINGS
from workers.client import connect
from workers.run import collect_garbage_rarely, interactive_worker, workflow_runner
from workers.settings import Engine
from workflows import policies

QUEUE, ANALYSIS, CHANNEL = "bare", "bare-analysis", "bare-channel"


@activity.defn
async def nothing() -> None:
    """An activity with an empty body."""


class BareChannel:
    """Tells people what came for them."""

    def __init__(self) -> None:
        self.screens: defaultdict[str, asyncio.Queue[None]] = defaultdict(asyncio.Queue)
        self.openings = asyncio.Semaphore(OPENINGS)

    @activity.defn
    async def deliver(self, address: str) -> None:
        """Shows something on somebody's screen."""
        self.screens[address].put_nowait(None)


@workflow.defn
class BareSession:
    """Greeting, first question, then answers: as many local and remote activities of each as in `OnboardingSession`."""

    def __init__(self) -> None:
        self._agreed = False
        self._told = 0

    @workflow.signal
    def agree(self) -> None:
        """The person consented."""
        self._agreed = True

    @workflow.signal
    def tell(self) -> None:
        """The person answered."""
        self._told += 1

    @workflow.run
    async def run(self, address: str) -> None:
        """Runs until it is terminated."""
        await _locally()
        await _deliver(address)
        await workflow.wait_condition(lambda: self._agreed)
        await _locally()
        await _locally()
        await _deliver(address)
        background: set[asyncio.Task[None]] = set()
        while True:
            await workflow.wait_condition(lambda: self._told > 0)
            self._told -= 1
            await _locally()
            task = asyncio.create_task(_analyse())
            background.add(task)
            task.add_done_callback(background.discard)
            await asyncio.gather(_locally(), _locally())
            await _deliver(address)


async def _locally() -> None:
    await workflow.execute_local_activity(nothing, start_to_close_timeout=policies.DATABASE.start_to_close)


async def _deliver(address: str) -> None:
    await workflow.execute_activity_method(
        BareChannel.deliver,
        address,
        task_queue=CHANNEL,
        start_to_close_timeout=policies.DELIVERY.start_to_close,
        schedule_to_close_timeout=policies.DELIVERY.schedule_to_close,
    )


async def _analyse() -> None:
    await workflow.execute_activity(
        nothing,
        task_queue=ANALYSIS,
        start_to_close_timeout=policies.OFFLINE_READING.start_to_close,
        schedule_to_close_timeout=policies.OFFLINE_READING.schedule_to_close,
    )
    await _locally()


class BarePerson:
    """Somebody who talks to a `BareSession`."""

    def __init__(self, client: Client, channel: BareChannel) -> None:
        self._client = client
        self._channel = channel
        self._address = uuid.uuid4().hex
        self._screen = channel.screens[self._address]

    @property
    def session(self) -> WorkflowHandle[BareSession, None]:
        """The person's session."""
        return self._client.get_workflow_handle_for(BareSession.run, f"bare-{self._address}")

    async def comes(self) -> None:
        """Presses /start."""
        async with self._channel.openings:
            await self._client.start_workflow(
                BareSession.run,
                self._address,
                id=self.session.id,
                task_queue=QUEUE,
                task_timeout=Engine().workflow_task_timeout,
            )

    async def agrees(self) -> None:
        """Consents."""
        await self.session.signal(BareSession.agree)

    async def says(self, text: str) -> None:
        """Answers."""
        await self.session.signal(BareSession.tell)

    async def sees(self) -> None:
        """Reads what comes next: a greeting, a first question, or a reflection with the next question."""
        await self._screen.get()

    is_greeted = is_asked = is_reflected = sees


@asynccontextmanager
async def bare_channel(client: Client) -> AsyncIterator[BareChannel]:
    """The channel of bare sessions, with their worker's process behind it."""
    channel = BareChannel()
    async with Worker(client, task_queue=CHANNEL, activities=[channel.deliver]):
        yield channel


@asynccontextmanager
async def bare_worker(address: str) -> AsyncIterator[psutil.Process]:
    """The process that runs bare sessions; it ends when its input does."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, address), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if not await process.stdout.readline():
            raise RuntimeError("the bare worker did not start")
        yield psutil.Process(process.pid)
    finally:
        process.stdin.close()
        await process.wait()


async def _serve(address: str) -> None:
    client, engine = await connect(address), Engine()
    interactive = interactive_worker(
        client, QUEUE, engine, workflow_runner(sandbox=False), workflows=[BareSession], activities=[nothing]
    )
    analysis = Worker(
        client, task_queue=ANALYSIS, activities=[nothing], max_concurrent_activities=engine.max_concurrent_analyses
    )
    collect_garbage_rarely()
    async with interactive, analysis:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
