"""Ports of servers that go away and come back in a test."""

from __future__ import annotations

import asyncio
import errno
import random
import socket

from workers.stack.ports import LOCALHOST, is_free


def free_port() -> int:
    """A port that nobody listens on, below those that the system gives to connections: nobody takes it meanwhile."""
    return next(port for port in iter(lambda: random.randrange(20000, 30000), None) if is_free(port))


async def listening_on(port: int, patience: float = 30) -> socket.socket:
    """A socket that listens on the port, as soon as nobody else does."""
    async with asyncio.timeout(patience):
        while True:
            try:
                return socket.create_server((LOCALHOST, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            await asyncio.sleep(0.05)
