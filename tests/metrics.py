"""Metrics as Prometheus asks for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from urllib.request import urlopen

import psutil
import pytest
from temporalio.runtime import Runtime

from tests.ports import free_port
from workers.logs import core_runtime
from workers.stack.ports import LOCALHOST
from workers.telemetry.settings import TelemetrySettings
from workers.telemetry.start import served_metrics

Scrape = Callable[[], str]


@pytest.fixture
def scrape(monkeypatch: pytest.MonkeyPatch) -> Scrape:
    """Asks for the metrics of a process, as Prometheus does."""
    served = served_metrics("worker", TelemetrySettings(metrics_host="127.0.0.1", metrics_port=free_port()))
    runtime = core_runtime(served)
    monkeypatch.setattr(Runtime, "default", lambda: runtime)
    assert served is not None
    return lambda: metrics_at(served.bind_address)


def metrics_of_temporal(server: psutil.Process) -> str:
    """Where a dev server tells what it does: at a port that it chooses, and tells nobody."""
    listening = [
        f"{LOCALHOST}:{each.laddr.port}" for each in server.net_connections("tcp") if each.status == psutil.CONN_LISTEN
    ]
    for address in listening:
        with suppress(OSError, HTTPException, UnicodeDecodeError):
            if "persistence_requests" in metrics_at(address):
                return address
    raise AssertionError(f"none of {listening} tells what Temporal does")


def metrics_at(address: str) -> str:
    """What is told at an address."""
    return str(urlopen(f"http://{address}/metrics", timeout=5).read().decode())
