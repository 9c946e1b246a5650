"""Begins what a process tells of itself."""

from __future__ import annotations

from workers.logs import log_core
from workers.telemetry.tracing import start_tracing


def start_telemetry(process: str) -> None:
    """Begins it under the name of a kind of process, such as "worker". Call it before the first client is created."""
    log_core()
    start_tracing(process)
