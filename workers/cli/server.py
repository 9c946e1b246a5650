"""The Temporal server that commands for operators talk to: the configured one, or the embedded one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client

from workers.client import connect
from workers.settings import Settings
from workers.stack.join import joined_stack


@asynccontextmanager
async def connected() -> AsyncIterator[Client]:
    """A client, for as long as the context lasts; the embedded stack is started if nothing else is configured."""
    async with joined_stack(Settings()) as stack:
        yield await connect(stack.temporal_address)
