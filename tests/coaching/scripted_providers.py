"""Both providers on loopback, whose models answer by a script from the request that reaches them.

aimock answers from fixtures, so it can't take up what a request holds. This server speaks the two protocols as far as
our SDKs read them: a stream of plain text, and JSON where a schema is asked for.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from tests.analysis.test_provider_outages import Providers

_PIECE = 12
"""Letters of a piece of the stream."""


@dataclass(frozen=True)
class Asked:
    """A request as a model gets it."""

    provider: str
    texts: list[str]
    """The messages, without the instructions."""
    shaped: bool
    """Whether a schema is asked for."""


class Script(Protocol):
    """What the models say."""

    def answer(self, asked: Asked) -> str | None:
        """The reply, or None to refuse the request."""
        ...


class ScriptedProviders(Providers):
    """Two providers that say what a script says."""

    def __init__(self, script: Script) -> None:
        super().__init__()
        self._script = script

    async def comes_back(self, name: str) -> None:
        """From now on it answers."""
        self._running[name] = AsyncExitStack()
        port = int(self.url(name).rpartition(":")[2])
        await self._running[name].enter_async_context(_served(self._app(), port))

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v1/messages", self._anthropic)
        app.router.add_post("/v1/responses", self._openai)
        return app

    async def _anthropic(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        shaped = "format" in body.get("output_config", {})
        text = self._script.answer(Asked("anthropic", [turn["content"] for turn in body["messages"]], shaped))
        if text is None:
            error = {"type": "invalid_request_error", "message": "The script has no such scene."}
            return web.json_response({"type": "error", "error": error}, status=400)
        return await _streamed(request, _anthropic_events(body["model"], text))

    async def _openai(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        shaped = "format" in body.get("text", {})
        text = self._script.answer(Asked("openai", [turn["content"] for turn in body["input"]], shaped))
        if text is None:
            error = {"message": "The script has no such scene.", "type": "invalid_request_error", "code": "unknown"}
            return web.json_response({"error": error}, status=400)
        return await _streamed(request, _openai_events(body["model"], text))


@asynccontextmanager
async def _served(app: web.Application, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()


async def _streamed(request: web.Request, events: Iterator[dict[str, Any]]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for event in events:
        await response.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
    await response.write_eof()
    return response


def _pieces(text: str) -> Iterator[str]:
    return (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))


def _anthropic_events(model: str, text: str) -> Iterator[dict[str, Any]]:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": []}
    usage = {"input_tokens": 100, "output_tokens": 1}
    ends: dict[str, str | None] = {"stop_reason": None, "stop_sequence": None}
    yield {"type": "message_start", "message": {**message, **ends, "usage": usage}}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    for piece in _pieces(text):
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
    yield {"type": "content_block_stop", "index": 0}
    ends = {"stop_reason": "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": ends, "usage": {"output_tokens": len(text) // 4}}
    yield {"type": "message_stop"}


def _openai_events(model: str, text: str) -> Iterator[dict[str, Any]]:
    response = {"id": "resp_1", "object": "response", "created_at": 0, "model": model, "output": [], "tools": []}
    told = {"input_tokens": 100, "output_tokens": len(text) // 4, "total_tokens": 100 + len(text) // 4}
    usage = {**told, "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    part = {"type": "output_text", "text": text, "annotations": []}
    item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0, "logprobs": []}
    number = 0
    yield {"type": "response.created", "sequence_number": number, "response": {**response, "status": "in_progress"}}
    for number, piece in enumerate(_pieces(text), 1):
        yield {"type": "response.output_text.delta", "sequence_number": number, "delta": piece, **place}
    whole = {**response, "status": "completed", "output": [item], "usage": usage}
    yield {"type": "response.completed", "sequence_number": number + 1, "response": whole}
