"""Every alert fires and is quiet in cases of its own, rests on metrics that are there, and stands in the runbook."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from schema import metrics
from tests.debian import installed
from tests.ops import configuration
from workers.telemetry.settings import METRICS_PORTS

ROOT = Path(__file__).parent.parent
RULES = ROOT / "deploy" / "prometheus"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
ALL_RULES = [
    rule
    for group in yaml.safe_load((RULES / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
ALERTS: dict[str, dict[str, Any]] = {rule["alert"]: rule for rule in ALL_RULES if "alert" in rule}
RECORDED: dict[str, str] = {rule["record"]: rule["expr"] for rule in ALL_RULES if "record" in rule}
RANGE = re.compile(r"(?:\[|ratio_rate)(\d+)([mh])")
CASES = yaml.safe_load((RULES / "alerts_test.yaml").read_text(encoding="utf-8"))["tests"]
SUFFIX = re.compile(r"_(total|bucket|count|sum|seconds)$")


def run(*command: str) -> str:
    """What a program says. Fails with its complaint."""
    done = subprocess.run(command, cwd=RULES, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_both_cases_a_severity_and_a_paragraph(name: str) -> None:
    fires, quiet = (next(case for case in CASES if case["name"] == f"{name} {how}") for how in ("fires", "is quiet"))
    assert fires["alert_rule_test"][0]["exp_alerts"]
    assert quiet["alert_rule_test"][0]["exp_alerts"] == []
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert alert["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
    assert f"\n### {name}\n" in RUNBOOK


def test_the_runbook_has_no_paragraph_of_an_alert_that_is_gone() -> None:
    assert set(re.findall(r"^### (\w+)$", RUNBOOK, re.MULTILINE)) == set(ALERTS)


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_rests_on_metrics_that_this_version_has(name: str) -> None:
    known = {SUFFIX.sub("", metric.name) for metric in metrics.ALL}
    for used in re.findall(r"\bselfology_[a-z_]+", ALERTS[name]["expr"].replace("selfology_(", "")):
        assert SUFFIX.sub("", SUFFIX.sub("", used)) in known


def test_prometheus_takes_the_rules_and_each_case_goes_as_it_says() -> None:
    promtool = installed("promtool", "prometheus")
    for command in ("check", "test"):
        file = "alerts.yaml" if command == "check" else "alerts_test.yaml"
        run(promtool, command, "rules", file)


@pytest.mark.parametrize(
    ("severity", "receivers"), [("critical", "pager,telegram"), ("warning", "telegram"), ("info", "shown")]
)
def test_alertmanager_sends_each_severity_where_it_belongs(severity: str, receivers: str, tmp_path: Path) -> None:
    amtool = installed("amtool", "prometheus-alertmanager")
    config = tmp_path / "alertmanager.yaml"
    here = configuration.alertmanager(telegram="http://127.0.0.1", token="1:a", chat=1, webhooks="http://127.0.0.1")
    config.write_text(here, encoding="utf-8")
    run(amtool, "check-config", str(config))
    chosen = run(amtool, "config", "routes", "test", f"--config.file={config}", f"severity={severity}")
    assert chosen.strip() == receivers


def port_of(job: dict[str, Any]) -> int:
    """The port that a job of Prometheus asks at."""
    if "dns_sd_configs" in job:
        return int(job["dns_sd_configs"][0]["port"])
    return int(job["static_configs"][0]["targets"][0].rpartition(":")[2])


def test_prometheus_takes_the_configuration_and_asks_each_process_at_its_port() -> None:
    jobs = yaml.safe_load((RULES / "prometheus.yaml").read_text(encoding="utf-8"))["scrape_configs"]
    ports = {job["job_name"]: port_of(job) for job in jobs if job["job_name"].startswith("selfology-")}
    # A terminal is nobody's to watch.
    assert ports == {f"selfology-{name}": port for name, port in METRICS_PORTS.items() if name != "terminal"}
    run(installed("promtool", "prometheus"), "check", "config", "prometheus.yaml")


def test_prometheus_keeps_of_temporals_server_what_alerts_ask_for() -> None:
    jobs = yaml.safe_load((RULES / "prometheus.yaml").read_text(encoding="utf-8"))["scrape_configs"]
    ((kept,),) = (job["metric_relabel_configs"] for job in jobs if job["job_name"] == "temporal")
    asked = {name for alert in ALERTS.values() for name in re.findall(r"\bpersistence_\w+", alert["expr"])}
    assert asked
    assert all(re.fullmatch(kept["regex"], name) for name in asked)
    assert not re.fullmatch(kept["regex"], "temporal_num_pollers")


def test_an_outage_that_was_told_is_not_told_again_by_alerts_whose_windows_still_hold_it() -> None:
    (told,) = re.findall(r'alertname=~"([^"]+)"', RECORDED["selfology:outage:told"])
    rules = yaml.safe_load((RULES / "alertmanager.yaml").read_text(encoding="utf-8"))["inhibit_rules"]
    held_back = {
        alert
        for rule in rules
        if re.fullmatch(rf"alertname = ({told})", rule["source_matchers"][0]) and len(rule["target_matchers"]) == 1
        for alert in ALERTS
        if re.fullmatch(rule["target_matchers"][0].removeprefix("alertname =~ ").strip('"'), alert)
    }
    looking_back = {alert for alert in held_back if RANGE.search(ALERTS[alert]["expr"])}
    assert {"DoorBudgetBurnsFast", "ActivitiesFail", "TasksWait"} <= looking_back
    for alert in looking_back:
        *own, outage = (int(count) * {"m": 1, "h": 60}[unit] for count, unit in RANGE.findall(ALERTS[alert]["expr"]))
        assert ALERTS[alert]["expr"].endswith(f"unless on() max_over_time(selfology:outage:told[{outage}m])"), alert
        assert outage > min(own), alert


def test_who_is_down_silences_only_alerts_that_there_are() -> None:
    rules = yaml.safe_load((RULES / "alertmanager.yaml").read_text(encoding="utf-8"))["inhibit_rules"]
    for matcher in (each for rule in rules for each in [*rule["source_matchers"], *rule["target_matchers"]]):
        label, names = re.split(r" =~? ", matcher)
        for name in names.strip('"').split("|") if label == "alertname" else []:
            assert any(re.fullmatch(name, alert) for alert in ALERTS), name
