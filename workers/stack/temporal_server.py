"""The embedded Temporal server: the Temporal CLI's dev server with its data in one SQLite file."""

from __future__ import annotations

import asyncio
import signal

import psutil

from schema.operator_error import OperatorError
from workers.client import SEARCH_ATTRIBUTES
from workers.executables import program
from workers.stack.home import Home
from workers.stack.ports import LOCALHOST, Ports, choose_ports, is_free
from workers.stack.server import Launch, Server

ONE_QUEUE_EACH = ("matching.numTaskqueueReadPartitions=1", "matching.numTaskqueueWritePartitions=1")
"""One partition per task queue. By default there are four, and priorities apply only within a partition."""


class TemporalServer(Server):
    """A dev server that keeps its ports while the supervisor runs."""

    name = "temporal"
    stop_signal = signal.SIGTERM

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self._ports: Ports | None = None
        self._has_served = False

    @property
    def address(self) -> str:
        """The host and port for clients. Known once launched."""
        assert self._ports is not None
        return f"{LOCALHOST}:{self._ports.frontend}"

    @property
    def ui_url(self) -> str:
        """The address of the Web UI. Known once launched."""
        assert self._ports is not None
        return f"http://{LOCALHOST}:{self._ports.ui}"

    async def prepare(self) -> Launch:
        if self._ports is None:
            self._ports = choose_ports(self.home.ports)
        # Workers and clients already use this port, so a restart must keep it.
        elif not is_free(self._ports.frontend):
            raise OperatorError(
                f"Temporal can't be started again: another program has its port {self._ports.frontend}."
            )
        attributes = (f"{name}={kind.title()}" for name, kind in SEARCH_ATTRIBUTES.items())
        return Launch(
            command=[
                *(str(program("temporal")), "server", "start-dev", "--ip", LOCALHOST),
                *("--port", str(self._ports.frontend), "--ui-port", str(self._ports.ui)),
                *("--db-filename", str(self.home.temporal), "--log-level", "error", "--ui-disable-news-fetch"),
                # A synced file for each transaction costs two thirds of the throughput. With a write-ahead log, a
                # killed server loses nothing; only a machine that loses power may lose the last moments.
                *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"),
                # By default the server looks for tasks to dispatch at most 20 times a second, so under load each of the
                # three steps of an answer waits up to 50 ms: 138 ms an answer instead of 40.
                *("--dynamic-config-value", "history.transferProcessorMaxPollRPS=150"),
                *(part for value in ONE_QUEUE_EACH for part in ("--dynamic-config-value", value)),
                # The server would look for newer versions on the internet.
                *("--dynamic-config-value", "frontend.enableServerVersionCheck=false"),
                *(flag for attribute in attributes for flag in ("--search-attribute", attribute)),
            ],
            directory=self.home.root,
        )

    async def is_ready(self) -> bool:
        assert self._ports is not None
        try:
            _, writer = await asyncio.open_connection(LOCALHOST, self._ports.frontend)
        except OSError:
            return False
        writer.close()
        # Another server may have taken the port.
        return self.process is not None and self._ports.frontend in _listening(self.process.pid)

    async def ready(self) -> None:
        try:
            await super().ready()
        except OperatorError:
            if self._has_served or self._ports is None or (is_free(self._ports.frontend) and is_free(self._ports.ui)):
                raise
            # Another program has taken a port since it was chosen.
            self._ports = None
            await self.launch()
            await super().ready()
        self._has_served = True

    def owns(self, process: psutil.Process) -> bool:
        return str(self.home.temporal) in process.cmdline()


def _listening(process: int) -> set[int]:
    """Returns the ports on which a process listens."""
    try:
        connections = psutil.Process(process).net_connections("tcp")
    except psutil.Error:
        return set()
    return {connection.laddr.port for connection in connections if connection.status == psutil.CONN_LISTEN}
