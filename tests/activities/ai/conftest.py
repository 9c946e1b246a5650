"""Analysts on a real wire, and what a test sees of both its sides."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from aiohttp import web

from activities.ai import language_model
from activities.ai.anthropic import AnthropicModel
from activities.ai.chat_model import ChatModel
from activities.ai.language_model import LanguageModelAnalyst
from activities.ai.openai import OpenAIModel
from activities.ai.usage import Usage
from tests.aimock import aimock
from tests.stack.conftest import no_servers

__all__ = ["no_servers"]

KEY = "sk-loopback-0000"


@pytest.fixture(autouse=True)
def any_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reaction may take as long as a slow machine does, where a test is not about time."""
    monkeypatch.setattr(language_model, "INSTANT", replace(language_model.INSTANT, seconds=20))


@pytest.fixture
def impatient(any_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reaction may take less than a model of the wire that is slow or stalls, and far more than one that is not."""
    monkeypatch.setattr(language_model, "INSTANT", replace(language_model.INSTANT, seconds=2))


@pytest.fixture(scope="session")
def wire() -> Iterator[str]:
    """The address of aimock, started for this test run and ended with it."""
    with aimock() as url:
        yield url


class Wire:
    """What a test sees of both sides: analysts, what they sent, and what it cost."""

    def __init__(self, provider: str, url: str) -> None:
        self.provider = provider
        self.url = url
        self.sent: list[Any] = []
        """The bodies of the requests, in order."""
        self.usages: list[Usage] = []
        self.http = httpx2.AsyncClient(event_hooks={"request": [self.note]})

    def model(self, name: str, key: str = KEY) -> ChatModel:
        """A model of this provider. Its client has the SDK's own retries on, as handed in by somebody careless."""
        if self.provider == "openai":
            client = openai.AsyncOpenAI(api_key=key, base_url=f"{self.url}/v1", http_client=self.http, max_retries=2)
            return OpenAIModel(client, name, self.record)
        return AnthropicModel(
            anthropic.AsyncAnthropic(api_key=key, base_url=self.url, http_client=self.http, max_retries=2),
            name,
            self.record,
        )

    def analyst(self, model: str, key: str = KEY) -> LanguageModelAnalyst:
        """An analyst on such a model."""
        return LanguageModelAnalyst(self.model(model, key))

    async def close(self) -> None:
        await self.http.aclose()

    async def record(self, answer_id: str | None, usage: Usage) -> None:
        self.usages.append(usage)

    async def note(self, request: httpx2.Request) -> None:
        """Keeps what is sent."""
        self.sent.append(json.loads(await request.aread()))


@pytest.fixture(params=["openai", "anthropic"])
async def ai(request: pytest.FixtureRequest, wire: str) -> AsyncIterator[Wire]:
    """Each provider in turn, on the wire."""
    ai = Wire(request.param, wire)
    yield ai
    await ai.close()


@dataclass
class Loopback:
    """A server for what aimock does not do: it answers every request alike, and keeps what it was sent."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""
    heard: list[str] = field(default_factory=list)
    """The bodies of the requests, in order."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Loopback]:
        """The server, with an address, as long as the context."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0]
            self.url = f"http://{host}:{port}"
            yield self
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.heard.append(await request.text())
        return web.Response(status=self.status, text=self.body, headers=self.headers)


Answers = Callable[[httpx2.Request], httpx2.Response]


@pytest.fixture
def openai_that() -> Callable[[Answers], LanguageModelAnalyst]:
    """An analyst whose OpenAI answers what aimock can't: the documented bodies of refusals and failures."""

    def make(answers: Answers) -> LanguageModelAnalyst:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(answers))
        model = OpenAIModel(openai.AsyncOpenAI(api_key=KEY, http_client=http), "reader", _not_counted)
        return LanguageModelAnalyst(model)

    return make


async def _not_counted(answer_id: str | None, usage: Usage) -> None:
    """These tests look at failures only."""
