"""The whole system with a Prometheus beside it: servers, workers, the bot, Telegram and language models on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import yaml

from tests.analysis.test_provider_outages import Providers
from tests.chaos.test_a_killed_bot import RunningBot
from tests.metrics import metrics_of_temporal
from tests.ports import free_port
from tests.prometheus import FILE, Prometheus, prometheus_at
from tests.stack.conftest import ended, servers_of
from tests.telegram.bot_api import BotApi
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.ports import LOCALHOST
from workers.telemetry.settings import METRICS_PORTS

PROVIDER = "anthropic"
RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yaml"
SERVERS = "persistence_.*|service_.*"
"""Of the tens of thousands of series of Temporal's server, those that somebody looks at."""
TIERS = ("SMALL", "STANDARD", "PREMIUM")
PROCESSES = ("worker", "bot")
SetEnvironment = Callable[[str, str], object]


@asynccontextmanager
async def observed(
    home: Home, set_environment: SetEnvironment, *, vectors: bool = False
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
                temporal = await asyncio.to_thread(metrics_of_temporal, servers_of(home)["temporal"])
                config = _config(processes, str(address), temporal)
                (home.root / FILE).write_text(yaml.safe_dump(config), encoding="utf-8")
                program = prometheus_at(place := f"{LOCALHOST}:{free_port()}", home)
                try:
                    await program.launch()
                    await program.ready()
                    yield api, Prometheus(f"http://{place}")
                finally:
                    await program.stop()
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
