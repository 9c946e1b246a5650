"""How a process ends: on a signal, and without the interpreter's own shutdown."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn


def told_to_stop() -> asyncio.Event:
    """An event of the running loop that SIGTERM and SIGINT set, in place of what they do by default."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def leave(code: int) -> NoReturn:
    """Ends a process that has run workers, once they are drained: flushes logs and output, then exits at once."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # Whoever read the other end may be gone.
        with suppress(OSError, ValueError):
            stream.flush()
    # The SDK's threads can abort the process while the interpreter shuts down (temporalio/sdk-python#300).
    os._exit(code)
