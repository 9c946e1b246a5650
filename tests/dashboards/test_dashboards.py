"""Dashboards are what the code says, Prometheus takes their expressions, and all of them have something to show."""

from __future__ import annotations

import asyncio
import math
import random
import re
from collections import Counter
from pathlib import Path

import pytest
import temporalio.bridge
import yaml

from deploy.grafana import temporal_metrics
from deploy.grafana.objectives import FAST, OBJECTIVES, SLOW
from deploy.grafana.panels import QUEUES, SOURCE
from deploy.grafana.promql import highest, rate, recorded, up_to, within
from deploy.grafana.written import FOLDER, written
from schema import metrics
from schema.metrics import Metric
from tests.chaos.coached import CoachedPerson
from tests.chaos.test_a_killed_bot import Survivor
from tests.dashboards.observed import PROCESSES, observed
from tests.dashboards.panels import Panel, boards, panels
from tests.debian import installed
from tests.prometheus import Prometheus
from tests.stack.conftest import WITHIN, home, no_servers
from tests.telegram.bot_api import BotApi, Fault
from tests.test_alerts import ALERTS, run
from workers.stack.home import Home

__all__ = ["home", "no_servers"]

PROVISIONING = FOLDER.parent / "provisioning"
TWO_SCREENS = 48
"""Of the grid's units, 38 pixels each, below Grafana's own bars."""
LABEL = re.compile(r"{{(\w+)}}")
EMPTY_HERE = {"What is left of disks": "only a node exporter tells it, which no test has"}


def test_the_files_are_what_the_code_says() -> None:
    assert {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()} == written(), "python -m deploy.grafana"


def test_each_dashboard_fits_two_screens_and_has_no_two_panels_at_a_place() -> None:
    for name, board in boards().items():
        taken = Counter(
            (x, y)
            for panel in board["panels"]
            for at in [panel["gridPos"]]
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        )
        assert max(taken.values()) == 1, name
        assert max(x for x, _ in taken) < 24, name
        assert max(y for _, y in taken) < TWO_SCREENS, name


def test_each_panel_says_what_it_shows() -> None:
    for board in boards().values():
        for panel in board["panels"]:
            if panel["type"] != "row":
                assert panel["title"]
                assert panel["description"].endswith("."), panel["title"]
                assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


def test_panels_and_the_lines_of_each_can_be_told_apart() -> None:
    for board in boards().values():
        ids = [panel["id"] for panel in board["panels"]]
        assert len(set(ids)) == len(ids)
        for panel in board["panels"]:
            refs = [target["refId"] for target in panel.get("targets", [])]
            assert len(set(refs)) == len(refs), panel["title"]


def test_one_chooses_queues_where_an_expression_asks_for_them() -> None:
    for name, board in boards().items():
        asks = any(QUEUES in target["expr"] for panel in board["panels"] for target in panel.get("targets", []))
        assert ("task_queue" in [each["name"] for each in board["templating"].get("list", [])]) == asks, name


def test_a_name_or_a_label_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="no label stage"):
        rate(metrics.REPLIES, "stage")
    with pytest.raises(ValueError, match="no label status"):
        highest(metrics.ANSWERS_WAITING, where='status="ACTIVE"')
    with pytest.raises(ValueError, match=r"no bucket of 0\.4"):
        within(metrics.ANSWER_FEEDBACK, 0.4, window="1h")
    with pytest.raises(ValueError, match="not recorded"):
        recorded("selfology:feedback_missed:ratio_rate2h")


def test_objectives_are_those_of_the_alerts() -> None:
    rules = FOLDER.parents[1] / "prometheus" / "alerts.yaml"
    told = {
        rule["record"]: rule["expr"]
        for group in yaml.safe_load(rules.read_text("utf-8"))["groups"]
        for rule in group["rules"]
        if "record" in rule
    }
    for objective in OBJECTIVES:
        recorded_by = {name: text for name, text in told.items() if name.startswith(objective.recorded)}
        assert recorded_by
        for text in recorded_by.values():
            assert up_to(objective.duration, objective.seconds, where=objective.where) in text
        burns = [alert["expr"] for alert in ALERTS.values() if objective.recorded in alert["expr"]]
        limits = {SLOW, objective.limit}
        assert set(re.findall(r"> ([\d.]+ \* [\d.]+)", " ".join(burns))) == {
            f"{limit:g} * {objective.missed}" for limit in limits
        }
        assert FAST in limits or len(burns) == 1


def test_grafana_is_pointed_at_what_the_dashboards_name() -> None:
    sources = yaml.safe_load((PROVISIONING / "datasources" / "selfology.yaml").read_text("utf-8"))["datasources"]
    assert (SOURCE.uid, SOURCE.type_val) in [(source["uid"], source["type"]) for source in sources]
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards" / "selfology.yaml").read_text("utf-8"))["providers"]
    assert provider["allowUiUpdates"] is False, "they are changed in the code"


def test_prometheus_takes_each_expression(tmp_path: Path) -> None:
    promtool = installed("promtool", "prometheus")
    rules = [{"record": f"panel:line:{n}", "expr": text} for n, (_, _, text) in enumerate(lines())]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    assert f"{len(rules)} rules found" in run(promtool, "check", "rules", str(file))


def test_the_sdk_has_the_metrics_that_are_asked_for() -> None:
    (library,) = Path(next(iter(temporalio.bridge.__path__))).glob("temporal_sdk_bridge*")
    known = library.read_bytes()
    for metric in of_temporal():
        if metric.name.startswith("temporal_"):
            assert metric.name.removeprefix("temporal_").encode() in known, metric.name


@pytest.mark.long
async def test_no_panel_is_empty(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    installed("prometheus", "prometheus")
    async with observed(home, monkeypatch.setenv) as (api, prometheus):
        await asyncio.gather(talks(api, 1001, answers=3), talks(api, 1002, answers=5))
        empty = await empty_lines(prometheus)
        async with asyncio.timeout(WITHIN):
            # What has been counted is asked for a second later, and evaluated after that.
            while {panel.title for panel, _ in empty} - EMPTY_HERE.keys():
                await asyncio.sleep(1)
                empty = await empty_lines(prometheus)
        names = await prometheus.names()
        quick = await prometheus.now(f'{temporal_metrics.TASK_WAIT.exposed}_bucket{{le="0.005"}}')
        measured = {series["metric"]["job"] for series in await prometheus.now(metrics.MEMORY.exposed)}
    assert {panel.title for panel, _ in empty} == EMPTY_HERE.keys()
    assert quick, "most tasks wait for less than the SDK's own lowest bound"
    assert measured == {f"selfology-{process}" for process in PROCESSES}
    seen = {re.sub(r"_(bucket|count|sum)$", "", name) for name in names}
    assert {metric.exposed for metric in of_temporal() if not metric.name.startswith("node_")} - seen == {
        temporal_metrics.TASKS_FAILED.exposed
    }, "a fault in the code of a workflow"


async def talks(api: BotApi, number: int, *, answers: int) -> None:
    """Somebody has a session, while Telegram has its faults, and talks to the coach."""
    person = Survivor(api.person(number, language_code="en"))
    question = await person.begins()
    for said in range(answers):
        if said == 1:
            api.will(Fault("sendMessage", "500"))
            api.will(Fault("sendMessage", "429"))
        await person.answers_to(question)
        question = await person.is_asked(said + 2)
    coached = CoachedPerson(number, person.phone, random.Random(number))
    await coached.ends_session()
    for _ in range(3):
        shown = len(coached.replies)
        await coached.tells_a_fact()
        await coached.sees_more_than(shown)


async def empty_lines(prometheus: Prometheus) -> list[tuple[Panel, str]]:
    """The lines that have no number to show, or not the labels by which they are called."""
    return [
        (panel, name)
        for panel, name, text in lines()
        if not any(
            math.isfinite(float(series["value"][1])) and set(LABEL.findall(name)) <= series["metric"].keys()
            for series in await prometheus.now(text)
        )
    ]


def lines() -> list[tuple[Panel, str, str]]:
    """The panels with the name and the expression of each of their lines."""
    return [(panel, name, text) for panel in panels() for name, text in panel.lines]


def of_temporal() -> list[Metric]:
    """The metrics that are not the product's."""
    return [value for value in vars(temporal_metrics).values() if isinstance(value, Metric)]
