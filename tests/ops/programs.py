"""Processes as an operator's machine runs them: each has a log, and can be killed and started anew."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from tests.ports import free_port
from workers.stack.home import Home
from workers.stack.ports import LOCALHOST
from workers.stack.server import Launch, Server
from workers.stack.temporal_server import TemporalServer

_ASKED_EVERY = 0.2
"""Seconds between two questions whether a program is ready: each takes a process of ours a few milliseconds."""


DRAINED_SOON = (
    *("--dynamic-config-value", "matching.wv.VersionDrainageStatusVisibilityGracePeriod=5"),
    *("--dynamic-config-value", "matching.wv.VersionDrainageStatusRefreshInterval=2"),
)
"""Has the server find out within seconds which versions of workers are not needed; it takes minutes by default."""


class Program(Server):
    """Runs a command that says at an address when it is ready."""

    stop_signal = signal.SIGTERM

    def __init__(self, home: Home, name: str, command: Sequence[str], ready_at: str) -> None:
        super().__init__(home)
        self.name = name
        self._command = list(command)
        self._ready_at = ready_at

    async def prepare(self) -> Launch:
        return Launch(self._command, self.home.root)

    async def is_ready(self) -> bool:
        await asyncio.sleep(_ASKED_EVERY)
        return await asyncio.to_thread(answers, self._ready_at)

    def owns(self, process: psutil.Process) -> bool:
        # The home is new.
        return False


class Process(Program):
    """A process of `selfology`, with metrics and probes."""

    def __init__(self, home: Home, name: str, command: Sequence[str], settings: Mapping[str, str]) -> None:
        port, health = free_port(), free_port()
        self.metrics = f"{LOCALHOST}:{port}"
        told = {
            **settings,
            **{"SELFOLOGY_METRICS_HOST": LOCALHOST, "SELFOLOGY_METRICS_PORT": str(port)},
            **{"SELFOLOGY_HEALTH_HOST": LOCALHOST, "SELFOLOGY_HEALTH_PORT": str(health)},
        }
        with_settings = ["env", *(f"{name}={value}" for name, value in told.items()), *command]
        super().__init__(home, name, with_settings, f"http://{LOCALHOST}:{health}/readyz")


class Temporal(TemporalServer):
    """The embedded server at ports of its own, with metrics."""

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self._metrics_port = free_port()
        self.metrics = f"{LOCALHOST}:{self._metrics_port}"

    async def prepare(self) -> Launch:
        launch = await super().prepare()
        return replace(launch, command=[*launch.command, "--metrics-port", str(self._metrics_port), *DRAINED_SOON])


def answers(url: str) -> bool:
    """Whether somebody serves it well."""
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
