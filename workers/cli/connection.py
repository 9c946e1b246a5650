"""Connects operators' commands to Temporal: the configured server, or the embedded one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client

from workers.client import connect
from workers.settings import Settings
from workers.stack.join import joined_stack


@asynccontextmanager
async def connected() -> AsyncIterator[Client]:
    """Yields a client. Starts the embedded stack when no server is configured."""
    async with joined_stack(Settings()) as stack, stack.encryption() as encryption:
        yield await connect(stack.temporal_address, encryption)
