"""A second Ctrl-C ends whatever an operator or a person has started, though what it waits for never comes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess

from tests.stack.conftest import WITHIN, command_line, servers_of
from tests.telegram.bot_api import BotApi
from workers.stack.home import Home

READY = {"up": "Ctrl-C leaves", "bot": "Ctrl-C leaves", "chat": "Shall we begin?"}


def begun(command: str, api: BotApi) -> subprocess.Popen[str]:
    telegram = {"SELFOLOGY_TELEGRAM_TOKEN": api.token, "SELFOLOGY_TELEGRAM_API_URL": api.url}
    return subprocess.Popen(
        command_line(command),
        env={**os.environ, **telegram, "LANG": "en"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def is_ready(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return
    raise AssertionError(said)


async def test_a_second_ctrl_c_ends_what_can_not_leave(home: Home) -> None:
    async with BotApi() as api, asyncio.timeout(2 * WITHIN):
        processes = {command: begun(command, api) for command in READY}
        try:
            for command, process in processes.items():
                await asyncio.to_thread(is_ready, process, READY[command])
            temporal = next(process for name, process in servers_of(home).items() if "temporal" in name)
            temporal.suspend()
            try:
                for process in processes.values():
                    while process.poll() is None:
                        process.send_signal(signal.SIGINT)
                        await asyncio.sleep(0.2)
            finally:
                temporal.resume()
        finally:
            for process in processes.values():
                process.kill()
    # What has something to finish at a server is ended by the signal; what has not, may be quicker.
    ends = {command: process.returncode for command, process in processes.items()}
    assert ends["bot"] == ends["chat"] == -signal.SIGINT, ends
    assert ends["up"] in (0, -signal.SIGINT), ends
