"""The wire: aimock serves both providers' APIs on loopback from the fixtures in `wire/`.

A fixture is chosen by the model's name, which says what that model does: `reader` answers well, `slips-once` needs a
correction, `limited` is rate-limited.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from activities.ai.anthropic import AnthropicAnalyst
from activities.ai.language_model import LanguageModelAnalyst, Usage
from activities.ai.openai import OpenAIAnalyst

HERE = Path(__file__).parent
# The node of the development lock, beside this Python: a machine needs none of its own.
NODE = Path(sys.executable).with_name("node")
KEY = "sk-loopback-0000"


@pytest.fixture(scope="session")
def wire() -> Iterator[str]:
    """The address of aimock, started for this test run and ended with it."""
    installed = HERE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
        npm = [str(NODE.with_name("npm")), "ci", "--no-audit", "--no-fund"]
        subprocess.run(npm, cwd=HERE, check=True, stdout=subprocess.DEVNULL)
    aimock = subprocess.Popen(
        [str(NODE), "node_modules/@copilotkit/aimock/dist/aimock-cli.js", "--config", "aimock.json"],
        cwd=HERE,
        env={**os.environ, "AIMOCK_STRICT_TURN_INDEX": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert aimock.stdout is not None
    listening = next((line for line in aimock.stdout if "listening on" in line), None)
    assert listening, "aimock ended before it listened"
    yield listening.split()[-1]
    aimock.terminate()
    aimock.wait(timeout=5)


class Wire:
    """What a test sees of both sides: analysts, what they sent, and what it cost."""

    def __init__(self, provider: str, url: str) -> None:
        self.provider = provider
        self.url = url
        self.sent: list[Any] = []
        """The bodies of the requests, in order."""
        self.usages: list[Usage] = []
        self._http = httpx2.AsyncClient(event_hooks={"request": [self._note]})

    def analyst(self, model: str, key: str = KEY) -> LanguageModelAnalyst:
        """An analyst of this provider. Its client has the SDK's own retries on, as handed in by somebody careless."""
        if self.provider == "openai":
            client = openai.AsyncOpenAI(api_key=key, base_url=f"{self.url}/v1", http_client=self._http, max_retries=2)
            return OpenAIAnalyst(client, model, self.usages.append)
        return AnthropicAnalyst(
            anthropic.AsyncAnthropic(api_key=key, base_url=self.url, http_client=self._http, max_retries=2),
            model,
            self.usages.append,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def _note(self, request: httpx2.Request) -> None:
        self.sent.append(json.loads(await request.aread()))


@pytest.fixture(params=["openai", "anthropic"])
async def ai(request: pytest.FixtureRequest, wire: str) -> AsyncIterator[Wire]:
    """Each provider in turn, on the wire."""
    ai = Wire(request.param, wire)
    yield ai
    await ai.close()


Answers = Callable[[httpx2.Request], httpx2.Response]


@pytest.fixture
def openai_that() -> Callable[[Answers], OpenAIAnalyst]:
    """An analyst whose OpenAI answers what aimock can't: the documented bodies of refusals and failures."""

    def make(answers: Answers) -> OpenAIAnalyst:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(answers))
        return OpenAIAnalyst(openai.AsyncOpenAI(api_key=KEY, http_client=http), "reader", lambda usage: None)

    return make
