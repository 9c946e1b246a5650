"""Serves an HTTP application."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from schema.operator_error import OperatorError

IDLE_FOR = 75
"""Seconds that a connection may idle between requests: longer than proxies keep one open (nginx: 60)."""
AT_ONCE = 200
"""Connections and requests at a time. More are refused, with 503. Silent ones are for the proxy in front to end."""
DRAIN_WITHIN = 8
"""Seconds that running requests may take after the process is told to stop."""


@asynccontextmanager
async def serving(app: FastAPI, host: str, port: int, *, setting: str) -> AsyncIterator[int]:
    """Serves while the context is open. Yields the port.

    A SIGTERM or SIGINT drains the server, too, and then reaches the handlers of the process.

    Raises `OperatorError` when the port can't be used; `setting` is the variable that names it.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        # Its own text names the address again.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "there is no such address"
        raise OperatorError(f"{host}:{port} can't be listened on: {reason}. Set {setting}.") from None
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_keep_alive=IDLE_FOR,
            timeout_graceful_shutdown=DRAIN_WITHIN,
            limit_concurrency=AT_ONCE,
        )
    )
    running = asyncio.create_task(server.serve([listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await running
