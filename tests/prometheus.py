"""A Prometheus beside a system, and what one asks of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.ops.programs import Program
from workers.stack.home import Home

FILE = "prometheus.yaml"
"""Its configuration, in the home directory."""


def prometheus_at(address: str, home: Home) -> Program:
    """The program, at an address, with the configuration in a home directory."""
    options = [
        *(f"--config.file={FILE}", "--storage.tsdb.path=prometheus", "--log.level=warn"),
        *(f"--web.listen-address={address}", f"--web.external-url=http://{address}"),
    ]
    return Program(home, "prometheus", ["prometheus", *options], f"http://{address}/-/ready")


@dataclass(frozen=True)
class Prometheus:
    """Asks a Prometheus by its HTTP API."""

    url: str

    async def now(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression has now."""
        return await self._series("query", query=expression)

    async def over(self, expression: str, begin: float, end: float, step: float) -> list[dict[str, Any]]:
        """The series that an expression has had."""
        return await self._series("query_range", query=expression, start=begin, end=end, step=step)

    async def names(self) -> set[str]:
        """The names of all metrics that it has seen."""
        return set(await self._get("label/__name__/values"))

    async def alerts(self) -> dict[str, str]:
        """The alerts that are not quiet now, and whether each is pending or firing."""
        return {alert["labels"]["alertname"]: alert["state"] for alert in (await self._get("alerts"))["alerts"]}

    async def seen(self) -> dict[str, str]:
        """The health of each job that it asks."""
        targets: Sequence[dict[str, Any]] = (await self._get("targets?state=active"))["activeTargets"]
        return {target["labels"]["job"]: target["health"] for target in targets}

    async def _series(self, how: str, **what: object) -> list[dict[str, Any]]:
        series: list[dict[str, Any]] = (await self._get(f"{how}?{urlencode(what)}"))["result"]
        return series

    async def _get(self, path: str) -> Any:
        def ask() -> Any:
            with urlopen(f"{self.url}/api/v1/{path}", timeout=10) as answer:
                return json.load(answer)["data"]

        return await asyncio.to_thread(ask)
