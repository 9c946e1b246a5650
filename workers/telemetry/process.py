"""Measures what a process takes of its machine."""

from __future__ import annotations

import resource
import threading
import time
from datetime import timedelta
from typing import NoReturn

from schema import metrics

EVERY = timedelta(seconds=15)
"""As often as Prometheus asks by most configurations. It costs microseconds."""


def keep_measuring_process() -> None:
    """Measures this process from now until it ends.

    A thread of its own: an event loop that is stuck is what one wants to see.
    """
    measure_process()
    threading.Thread(target=_keep_measuring, name="process metrics", daemon=True).start()


def _keep_measuring() -> NoReturn:
    while True:
        time.sleep(EVERY.total_seconds())
        measure_process()


def measure_process() -> None:
    """Measures this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    metrics.CPU.set(used.ru_utime + used.ru_stime)
    # In KiB, as Linux has it.
    metrics.MEMORY.set(used.ru_maxrss * 1024)
