"""Prometheus and Alertmanager beside a system, and the operators whom they tell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.ops import configuration
from tests.ops.programs import Program, answers
from tests.ports import free_port
from tests.prometheus import FILE as PROMETHEUS_FILE
from tests.prometheus import Prometheus, prometheus_at
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

    prometheus: Prometheus
    alertmanager: str
    operators: Operators

    @property
    def page(self) -> str:
        """The page of alerts. Debian's Prometheus has only those pages that its own have replaced since."""
        page = f"{self.prometheus.url}/alerts"
        return page if answers(page) else f"{self.prometheus.url}/classic/alerts"

    async def have_fired(self) -> set[str]:
        """The alerts that have fired so far."""
        fired = await self.prometheus.now('count by (alertname) (max_over_time(ALERTS{alertstate="firing"}[1h]))')
        return {found["metric"]["alertname"] for found in fired}


@asynccontextmanager
async def watched(home: Home, jobs: Mapping[str, str], speed: int) -> AsyncIterator[Monitoring]:
    """Runs the two with the configuration of `deploy/prometheus` until the context is left."""
    prometheus, alertmanager = (f"{LOCALHOST}:{free_port()}" for _ in range(2))
    async with BotApi(username="alerts_bot", outdated=True) as api, _webhooks() as (webhooks, pages):
        files = {
            "alerts.yaml": configuration.rules(speed),
            PROMETHEUS_FILE: configuration.prometheus(jobs, alertmanager, speed),
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
            prometheus_at(prometheus, home),
        ]
        operators = Operators(api, api.person(CHAT, language_code="en", name="Operators"), pages)
        try:
            for program in programs:
                await program.launch()
                await program.ready()
            yield Monitoring(Prometheus(f"http://{prometheus}"), f"http://{alertmanager}", operators)
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
