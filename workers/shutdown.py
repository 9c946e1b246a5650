"""How a process ends: on a signal, and without the interpreter's own shutdown."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_to_stop() -> Iterator[asyncio.Event]:
    """An event of the running loop that the first SIGTERM or SIGINT sets, in place of what they do by default.

    From then on a Ctrl-C ends the process at once. With the context, both signals do again what they did before it.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def heard() -> None:
        stop.set()
        # The system's own, which needs no turn of a loop that may hang.
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        loop.add_signal_handler(number, heard)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def exit_process(code: int) -> NoReturn:
    """Ends a process that has run workers, once they are drained: flushes logs and output, then exits at once."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # Whoever read the other end may be gone.
        with suppress(OSError, ValueError):
            stream.flush()
    # The SDK's threads can abort the process while the interpreter shuts down (temporalio/sdk-python#300).
    os._exit(code)
