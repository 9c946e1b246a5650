"""How processes are told to stop: once to leave, twice to leave at once, and never for longer than they listen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from workers.shutdown import SIGNALS, told_to_stop

HANGS = """
import asyncio, time
from workers.shutdown import told_to_stop

async def main():
    with told_to_stop() as stop:
        print("listens", flush=True)
        await stop.wait()
        print("drains", flush=True)
        time.sleep(600)

asyncio.run(main())
"""


async def test_what_signals_did_before_they_do_again() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with told_to_stop() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        await stop.wait()
    assert [signal.getsignal(number) for number in SIGNALS] == before
    with told_to_stop() as stop:
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
