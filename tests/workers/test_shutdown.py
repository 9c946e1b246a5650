"""How processes are told to stop: once to leave, twice to leave at once, and never for longer than they listen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from workers.shutdown import SIGNALS, stop_on_signals

HANGS = """
import asyncio, time
from workers.shutdown import stop_on_signals

async def main():
    with stop_on_signals() as stop:
        print("listens", flush=True)
        await stop.wait()
        print("drains", flush=True)
        time.sleep(600)

asyncio.run(main())
"""


async def test_what_signals_did_before_they_do_again() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with stop_on_signals() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        await stop.wait()
    assert [signal.getsignal(number) for number in SIGNALS] == before
    with stop_on_signals() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        await stop.wait()
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_second_ctrl_c_ends_even_what_hangs() -> None:
    process = subprocess.Popen([sys.executable, "-c", HANGS], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        for said in ("listens\n", "drains\n"):
            assert process.stdout.readline() == said
            process.send_signal(signal.SIGINT)
        assert process.wait() == -signal.SIGINT
    finally:
        process.kill()
