"""Prometheus and Alertmanager beside a system, and the operators whom they tell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from aiohttp import web

from tests.ops import configuration
from tests.ops.programs import Program, answers
from tests.ports import free_port
from tests.telegram.bot_api import BotApi, Person
from workers.stack.home import Home
from workers.stack.ports import LOCALHOST

CHAT = 4242


@dataclass
class Operators:
    """Who is told: a chat with a bot of their own, and a pager."""

    api: BotApi
    phone: Person
    pages: list[str] = field(default_factory=list)
    """The alerts for which the pager has rung."""

    @property
    def messages(self) -> list[str]:
        """What stands in their chat, oldest first."""
        return [message.words for message in self.phone.screen]


@dataclass(frozen=True)
class Monitoring:
    """Where the two are, and what they know."""

    prometheus: str
    alertmanager: str
    operators: Operators

    @property
    def page(self) -> str:
        """The page of alerts. Debian's Prometheus has only those pages that its own have replaced since."""
        page = f"{self.prometheus}/alerts"
        return page if answers(page) else f"{self.prometheus}/classic/alerts"

    async def alerts(self) -> dict[str, str]:
        """The alerts that are not quiet now, and whether each is pending or firing."""
        told = await _asked(f"{self.prometheus}/api/v1/alerts")
        return {alert["labels"]["alertname"]: alert["state"] for alert in told["data"]["alerts"]}

    async def have_fired(self) -> set[str]:
        """The alerts that have fired so far."""
        query = 'count by (alertname) (max_over_time(ALERTS{alertstate="firing"}[1h]))'
        told = await _asked(f"{self.prometheus}/api/v1/query?{urlencode({'query': query})}")
        return {found["metric"]["alertname"] for found in told["data"]["result"]}

    async def seen(self) -> dict[str, str]:
        """The health of each job that Prometheus asks."""
        told = await _asked(f"{self.prometheus}/api/v1/targets?state=active")
        return {target["labels"]["job"]: target["health"] for target in told["data"]["activeTargets"]}


@asynccontextmanager
async def watched(home: Home, jobs: Mapping[str, str], speed: int) -> AsyncIterator[Monitoring]:
    """Runs the two with the configuration of `deploy/prometheus` until the context is left."""
    prometheus, alertmanager = (f"{LOCALHOST}:{free_port()}" for _ in range(2))
    async with BotApi(username="alerts_bot", outdated=True) as api, _webhooks() as (webhooks, pages):
        files = {
            "alerts.yaml": configuration.rules(speed),
            "prometheus.yaml": configuration.prometheus(jobs, alertmanager, speed),
            "alertmanager.yaml": configuration.alertmanager(
                telegram=api.url, token=api.token, chat=CHAT, webhooks=webhooks, speed=speed
            ),
        }
        for name, written in files.items():
            (home.root / name).write_text(written, encoding="utf-8")
        programs = [
            Program(
                home,
                "alertmanager",
                [
                    *("prometheus-alertmanager", "--config.file=alertmanager.yaml", "--storage.path=alertmanager"),
                    *(f"--web.listen-address={alertmanager}", f"--web.external-url=http://{alertmanager}"),
                    *("--cluster.listen-address=", "--log.level=warn"),
                ],
                f"http://{alertmanager}/-/ready",
            ),
            Program(
                home,
                "prometheus",
                [
                    *("prometheus", "--config.file=prometheus.yaml", "--storage.tsdb.path=prometheus"),
                    *(f"--web.listen-address={prometheus}", f"--web.external-url=http://{prometheus}"),
                    "--log.level=warn",
                ],
                f"http://{prometheus}/-/ready",
            ),
        ]
        operators = Operators(api, api.person(CHAT, language_code="en", name="Operators"), pages)
        try:
            for program in programs:
                await program.launch()
                await program.ready()
            yield Monitoring(f"http://{prometheus}", f"http://{alertmanager}", operators)
        finally:
            await asyncio.gather(*(program.stop() for program in programs))


@asynccontextmanager
async def _webhooks() -> AsyncIterator[tuple[str, list[str]]]:
    """The pager and whatever else is told by HTTP: their address, and the alerts for which the pager has rung."""
    pages: list[str] = []

    async def take(request: web.Request) -> web.Response:
        told: dict[str, Any] = await request.json()
        if request.match_info["name"] == "pager_url":
            pages.extend(alert["labels"]["alertname"] for alert in told["alerts"] if alert["status"] == "firing")
        return web.Response()

    app = web.Application()
    app.router.add_post("/{name}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOCALHOST, port := free_port())
        await site.start()
        yield f"http://{LOCALHOST}:{port}", pages
    finally:
        await runner.cleanup()


async def _asked(url: str) -> Any:
    def ask() -> Any:
        with urlopen(url, timeout=10) as answer:
            return json.load(answer)

    return await asyncio.to_thread(ask)
