"""The whole system with a Prometheus beside it: servers, workers, the bot, Telegram and language models on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from http.client import HTTPException
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import psutil
import yaml

from tests.analysis.test_provider_outages import Providers
from tests.chaos.test_a_killed_bot import RunningBot
from tests.ports import free_port
from tests.stack.conftest import WITHIN, ended, servers_of
from tests.telegram.bot_api import BotApi
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.telemetry.settings import METRICS_PORTS

PROVIDER = "anthropic"
RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yaml"
SERVERS = "persistence_.*|service_.*"
"""Of the tens of thousands of series of Temporal's server, those that somebody looks at."""
TIERS = ("SMALL", "STANDARD", "PREMIUM")
PROCESSES = ("worker", "bot")
SetEnvironment = Callable[[str, str], object]


class Prometheus:
    """A Prometheus that asks every second."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def now(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression has now."""
        return await self._asked("query", query=expression)

    async def over(self, expression: str, begin: float, end: float, step: float) -> list[dict[str, Any]]:
        """The series that an expression has had."""
        return await self._asked("query_range", query=expression, start=begin, end=end, step=step)

    async def names(self) -> set[str]:
        """The names of all metrics that it has seen."""
        names: set[str] = set(await self._get("label/__name__/values"))
        return names

    async def _asked(self, how: str, **what: object) -> list[dict[str, Any]]:
        series: list[dict[str, Any]] = (await self._get(f"{how}?{urlencode(what)}"))["result"]
        return series

    async def _get(self, path: str) -> Any:
        return json.loads(await asyncio.to_thread(_read, f"{self.url}/api/v1/{path}"))["data"]


@asynccontextmanager
async def observed(
    home: Home, prometheus: str, set_environment: SetEnvironment, *, vectors: bool = False
) -> AsyncIterator[tuple[BotApi, Prometheus]]:
    """The system in a home, with language models, until the context ends, and who observes it."""
    # A loopback address of its own, where each kind of process has the port that it always has.
    address = IPv4Address("127.64.0.1") + free_port()
    providers = Providers()
    settings = {"SELFOLOGY_METRICS_HOST": str(address), "SELFOLOGY_VECTORS": str(vectors)}
    for name, value in (_language_models(providers) | settings).items():
        set_environment(name, value)
    processes = [*PROCESSES, *(["vectors"] if vectors else [])]
    await providers.comes_back(PROVIDER)
    try:
        async with BotApi() as api, joined_stack(Settings()):
            bot = RunningBot(api)
            try:
                config = _config(processes, str(address), await _metrics_of_temporal(home))
                async with _running(prometheus, home.root, config) as asked:
                    yield api, asked
            finally:
                bot.ends()
    finally:
        await ended(home)
        await providers.close()


def _language_models(providers: Providers) -> dict[str, str]:
    prices = {f"SELFOLOGY_AI_{tier}__{side}_PRICE": "2" for tier in TIERS for side in ("INPUT", "OUTPUT")}
    return {
        **prices,
        **{f"SELFOLOGY_AI_{tier}__MODEL": f"{PROVIDER}/reader" for tier in TIERS},
        "ANTHROPIC_API_KEY": "sk-loopback-0000",
        "ANTHROPIC_BASE_URL": providers.url(PROVIDER),
        "SELFOLOGY_ENCODER": "true",
        # Vectors are made at once, however busy the machine is.
        "SELFOLOGY_INDEXING_GIVES_WAY_MINUTES": "0",
    }


def _config(processes: Sequence[str], address: str, temporal: str) -> dict[str, Any]:
    ours = [
        {"job_name": f"selfology-{kind}", "static_configs": [{"targets": [f"{address}:{METRICS_PORTS[kind]}"]}]}
        for kind in processes
    ]
    looked_at = {"source_labels": ["__name__"], "regex": SERVERS, "action": "keep"}
    theirs = {"job_name": "temporal", "scrape_interval": "3s", "static_configs": [{"targets": [temporal]}]}
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES)],
        "scrape_configs": [*ours, theirs | {"scrape_timeout": "3s", "metric_relabel_configs": [looked_at]}],
    }


async def _metrics_of_temporal(home: Home) -> str:
    """Where the dev server tells what it does: at a port that it chooses, and tells nobody."""
    listening = [
        f"127.0.0.1:{each.laddr.port}"
        for each in servers_of(home)["temporal"].net_connections("tcp")
        if each.status == psutil.CONN_LISTEN
    ]
    for address in listening:
        with suppress(OSError, HTTPException):
            if b"persistence_requests" in await asyncio.to_thread(_read, f"http://{address}/metrics"):
                return address
    raise AssertionError(f"none of {listening} tells what Temporal does")


@asynccontextmanager
async def _running(program: str, folder: Path, config: dict[str, Any]) -> AsyncIterator[Prometheus]:
    file, port = folder / "prometheus.yaml", free_port()
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    options = {
        "config.file": file,
        "storage.tsdb.path": folder / "prometheus",
        "web.listen-address": f"127.0.0.1:{port}",
        "log.level": "error",
    }
    process = await asyncio.create_subprocess_exec(program, *(f"--{name}={value}" for name, value in options.items()))
    asked = Prometheus(f"http://127.0.0.1:{port}")
    try:
        async with asyncio.timeout(WITHIN):
            while not await asyncio.to_thread(_answers, f"{asked.url}/-/ready"):
                await asyncio.sleep(0.05)
        yield asked
    finally:
        process.terminate()
        await process.wait()


def _answers(url: str) -> bool:
    try:
        return bool(_read(url))
    except OSError:
        return False


def _read(url: str) -> bytes:
    with urlopen(url, timeout=5) as answer:
        content: bytes = answer.read()
    return content
