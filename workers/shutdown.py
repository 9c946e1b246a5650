"""Stops a process on a signal and exits it without the interpreter's own shutdown."""

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
def stop_on_signals() -> Iterator[asyncio.Event]:
    """Yields an event that the first SIGTERM or SIGINT sets, instead of ending the process.

    After that signal, Ctrl-C ends the process at once. When the context ends, the previous handlers are restored.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def on_signal() -> None:
        stop.set()
        # The system's default handler works even when the event loop hangs.
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        loop.add_signal_handler(number, on_signal)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def exit_process(code: int) -> NoReturn:
    """Flushes telemetry, logs and output, then exits at once. For a process whose workers are drained."""
    # Whoever traces has imported it; to import it here would take longer than most commands.
    if tracing := sys.modules.get("workers.telemetry.tracing"):
        tracing.send_last_spans()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # The reader of the pipe may be gone.
        with suppress(OSError, ValueError):
            stream.flush()
    # The SDK's threads can abort the process while the interpreter shuts down (temporalio/sdk-python#300).
    os._exit(code)
