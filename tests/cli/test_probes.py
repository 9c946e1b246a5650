"""Each process on real servers answers its probes, and a worker serves the queues that it is told to, and no others."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from temporalio.testing import TimeSkipper

from schema.analysis.names import OFFLINE_QUEUE
from schema.onboarding.names import TASK_QUEUE
from tests.ports import free_port
from tests.stack.conftest import WITHIN, Said, command_line, one_line
from workers.health.checks import work_on

PROCESSES = {
    "worker": ("temporal", "database", "keys", "migrations", "pollers"),
    "vectors serve": ("temporal", "database", "keys", "store", "pollers"),
    "codec": ("database", "keys"),
}
"""Commands, each with what it works with."""


async def ready(port: int) -> dict[str, str]:
    """How the checks of a process went, once it is ready."""

    def ask() -> dict[str, str] | None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
                return dict(json.loads(answer.read())["checks"])
        except URLError:
            return None

    async with asyncio.timeout(WITHIN):
        while (checks := await asyncio.to_thread(ask)) is None:
            await asyncio.sleep(0.05)
    return checks


async def test_processes_on_real_servers_are_ready(
    no_servers: None, there: dict[str, str], own_namespace: TimeSkipper, tmp_path: Path
) -> None:
    settings = {
        **os.environ,
        **there,
        "TEMPORAL_NAMESPACE": own_namespace.client.namespace,
        "SELFOLOGY_HOME": str(tmp_path / "home"),
        "SELFOLOGY_HEALTH_HOST": "127.0.0.1",
        "SELFOLOGY_WORKER_QUEUES": OFFLINE_QUEUE,
        "SELFOLOGY_CODEC_UI": "http://127.0.0.1",
        "SELFOLOGY_CODEC_PORT": str(free_port()),
        "SELFOLOGY_CODEC_ISSUER": "https://id.example.org",
        "SELFOLOGY_CODEC_AUDIENCE": "codec",
        "SELFOLOGY_CODEC_KEYS_URL": "https://id.example.org/keys",
    }
    ports = {command: free_port() for command in PROCESSES}
    processes = {
        command: await asyncio.create_subprocess_exec(
            *command_line(*command.split()),
            env=settings | {"SELFOLOGY_HEALTH_PORT": str(port)},
            stdout=asyncio.subprocess.DEVNULL,
        )
        for command, port in ports.items()
    }
    try:
        for command, works_with in PROCESSES.items():
            assert await ready(ports[command]) == dict.fromkeys(works_with, "ok"), command
        assert (await work_on(own_namespace.client, OFFLINE_QUEUE)).workers
        assert not (await work_on(own_namespace.client, TASK_QUEUE)).workers
        for process in processes.values():
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(WITHIN):
            assert [await process.wait() for process in processes.values()] == [0, 0, 0]
    finally:
        for process in processes.values():
            if process.returncode is None:
                process.kill()
                await process.wait()


def test_a_worker_with_nothing_to_do_says_why(in_process: Callable[..., Said], there: dict[str, str]) -> None:
    said = in_process("worker", **there, SELFOLOGY_WORKER_QUEUES="ai-openai")
    assert "SELFOLOGY_WORKER_QUEUES: nothing is done here" in one_line(said)
