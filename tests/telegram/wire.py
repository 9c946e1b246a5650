"""A wire between two processes that can be cut and mended."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.ports import free_port, listening_on


class Wire:
    """A loopback port that leads to another address, for as long as the wire holds."""

    def __init__(self, target: str) -> None:
        self._host, self._port = target.rsplit(":", 1)
        self._server: asyncio.Server | None = None
        self._flows: set[asyncio.Task[None]] = set()
        self.port = free_port()

    @property
    def address(self) -> str:
        """Where the wire begins; the same after it was mended."""
        return f"127.0.0.1:{self.port}"

    async def cut(self) -> None:
        """Breaks all connections and takes no new ones."""
        if self._server:
            self._server.close()
            self._server = None
        flows, self._flows = self._flows, set()
        for flow in flows:
            flow.cancel()
        await asyncio.gather(*flows, return_exceptions=True)

    async def mend(self) -> None:
        """Takes connections again."""
        self._server = await asyncio.start_server(self._connect, sock=await listening_on(self.port))

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.cut()

    async def _connect(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        far, further = await asyncio.open_connection(self._host, self._port)
        if not self._server:
            # Cut meanwhile.
            further.transport.abort()
            out.transport.abort()
            return
        for source, sink in ((near, further), (far, out)):
            flow = asyncio.create_task(_flow(source, sink))
            self._flows.add(flow)
            flow.add_done_callback(self._flows.discard)


async def _flow(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        with suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
    finally:
        sink.transport.abort()
