"""The configuration of real deployments, and what of it differs on this machine: addresses, secrets, and waits."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from schema.operator_error import OperatorError
from workers.telemetry.gauges import EVERY

DEPLOYED = Path(__file__).parents[2] / "deploy" / "prometheus"
PACKAGES = ("prometheus", "prometheus-alertmanager")
"""Debian's packages. Each has a program of its name."""

_WAIT = re.compile(r"(\[|\b(?:for|\w+_interval|group_wait): )(\d+)([smhd])\b")
_MEASURED = re.compile(r"selfology_(database_(latency|connections)|process|\w+_waiting|erasures_running|sessions_open)")
_TWO_MEASUREMENTS = round(1.1 * EVERY.total_seconds() * 1000)
_MILLISECONDS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def require_packages() -> None:
    """Raises `OperatorError`, with the packages that are missing."""
    if missing := [package for package in PACKAGES if not shutil.which(package)]:
        raise OperatorError(f"Debian's packages are missing here: apt install {' '.join(missing)}")


def hastened(written: str, speed: int) -> str:
    """The same with every wait, interval and range that much shorter. Thresholds and repetitions stay as they are."""
    if speed == 1:
        return written
    return _WAIT.sub(lambda wait: f"{wait[1]}{int(wait[2]) * _MILLISECONDS[wait[3]] // speed}ms", written)


def rules(speed: int) -> str:
    """The alerts. What is measured once a minute still is, and whoever waits for that waits that minute longer."""
    written = (DEPLOYED / "alerts.yaml").read_text(encoding="utf-8")
    if speed == 1:
        return written
    alerts: dict[str, Any] = yaml.safe_load(hastened(written, speed))
    for rule in (rule for group in alerts["groups"] for rule in group["rules"]):
        wait = int(rule.get("for", "0ms").removesuffix("ms"))
        if wait and _MEASURED.search(rule["expr"]):
            rule["for"] = f"{max(wait, _TWO_MEASUREMENTS)}ms"
        elif wait and "outage:told" in rule["expr"]:
            rule["for"] = f"{wait + _TWO_MEASUREMENTS}ms"
    return yaml.safe_dump(alerts, sort_keys=False, width=1000)


def prometheus(jobs: Mapping[str, str], alertmanager: str, speed: int) -> str:
    """Asks the jobs that are there, each at its address, and tells that Alertmanager."""
    config: dict[str, Any] = yaml.safe_load(hastened((DEPLOYED / "prometheus.yaml").read_text(encoding="utf-8"), speed))
    config["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [alertmanager]}]}]
    config["scrape_configs"] = [
        {name: value for name, value in job.items() if not name.endswith("_sd_configs")}
        | {"static_configs": [{"targets": [jobs[job["job_name"]]]}]}
        for job in config["scrape_configs"]
        if job["job_name"] in jobs
    ]
    return yaml.safe_dump(config, sort_keys=False)


def alertmanager(*, telegram: str, token: str, chat: int, webhooks: str, speed: int = 1) -> str:
    """Tells that chat at that Bot API, and webhooks below that address.

    Debian's Alertmanager is older than secrets in files, so they stand in the text.
    """
    written = hastened((DEPLOYED / "alertmanager.yaml").read_text(encoding="utf-8"), speed)
    for pattern, there in (
        (r"api_url: .*", f"api_url: {telegram}"),
        (r"bot_token_file: .*", f'bot_token: "{token}"'),
        (r"chat_id: .*", f"chat_id: {chat}"),
        (r"url_file: /run/secrets/(\w+)", rf"url: {webhooks}/\1"),
    ):
        written, times = re.subn(pattern, there, written)
        assert times, f"alertmanager.yaml has no {pattern}"
    return written
