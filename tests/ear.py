"""A loopback OpenAI that writes down recordings: what a sound says is written in the sound itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.ports import free_port, listening_on

KEY = "sk-loopback-0000"
MODEL = "gpt-transcribe"


@dataclass
class Ear:
    """The provider, as a test sees it."""

    url: str
    heard: list[bytes] = field(default_factory=list)
    """The sounds that arrived, in order."""
    listens: asyncio.Event | None = None
    """What it waits for before it answers."""
    refuses: list[int] = field(default_factory=list)
    """The statuses of the next answers, before it writes down anything."""

    async def transcribe(self, request: web.Request) -> web.Response:
        """Takes what the API takes, and nothing else."""
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        form = await request.post()
        sound = form["file"]
        assert isinstance(sound, web.FileField)
        assert (sound.filename, sound.content_type) == ("voice.ogg", "audio/ogg")
        assert {name: form[name] for name in form if name != "file"} == {"model": MODEL, "response_format": "json"}
        self.heard.append(sound.file.read())
        if self.listens:
            await self.listens.wait()
        if self.refuses:
            return web.json_response({"error": {"message": "zanzibar-moth"}}, status=self.refuses.pop(0))
        said = self.heard[-1].removeprefix(b"OggS").decode()
        return web.json_response({"text": said, "usage": {"type": "duration", "seconds": 3}})


def sound_of(words: str) -> bytes:
    """A recording in which somebody says these words."""
    return b"OggS" + words.encode()


@asynccontextmanager
async def ear() -> AsyncIterator[Ear]:
    """The provider, until the context is left."""
    port = free_port()
    provider = Ear(f"http://127.0.0.1:{port}/v1")
    # A recording may have 20 MB.
    application = web.Application(client_max_size=2**25)
    application.router.add_post("/v1/audio/transcriptions", provider.transcribe)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    await web.SockSite(runner, await listening_on(port)).start()
    try:
        yield provider
    finally:
        await runner.cleanup()
