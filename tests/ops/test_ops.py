"""A fault reaches the operators as one message, and its end as another."""

from __future__ import annotations

import re
from io import StringIO

import pytest
import typer
import yaml
from rich.console import Console

from tests.debian import installed
from tests.ops import configuration
from tests.ops.__main__ import ops
from tests.ops.demonstration import SPEED, TOLD, Fault, demonstration
from tests.test_alerts import ALERTS


def test_packages_that_are_missing_are_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(typer.Exit) as end:
        ops(Fault.WORKER, speed=10, stay=False)
    assert end.value.exit_code == 2
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "make ops: Debian's packages are missing here: apt install prometheus prometheus-alertmanager"
    ]
    assert not said.out


def test_a_speed_shortens_waits_and_ranges_and_nothing_else() -> None:
    assert configuration.rules(1) == (configuration.DEPLOYED / "alerts.yaml").read_text(encoding="utf-8")
    hastened = configuration.rules(10)
    deployed = yaml.safe_load(configuration.rules(1))
    for group, fast in zip(deployed["groups"], yaml.safe_load(hastened)["groups"], strict=True):
        for rule, quick in zip(group["rules"], fast["rules"], strict=True):
            assert rule.keys() == quick.keys()
            assert {name for name in rule if rule[name] != quick[name]} <= {"for", "expr"}
    assert re.search(r"for: \d+[smhd]$", hastened, re.MULTILINE) is None
    assert "for: 6000ms" in hastened
    assert "[30000ms]" in hastened
    # A single measurement of PostgreSQL that was slow is no reason at any speed.
    slow = hastened.partition("alert: DatabaseSlow")[2]
    assert slow.partition("for: ")[2].startswith("66000ms")
    assert "> 14.4 * 0.001" in hastened


def test_each_fault_is_told_by_an_alert_that_there_is() -> None:
    assert TOLD.keys() == set(Fault)
    assert set(TOLD.values()) <= set(ALERTS)


@pytest.mark.long
async def test_a_killed_worker_is_one_message_to_the_operators_and_one_when_it_is_over() -> None:
    for package in configuration.PACKAGES:
        installed(package, package)
    shown = StringIO()
    async with demonstration(Console(file=shown), SPEED) as (played, watch):
        await played.is_quiet()
        await played.talks()
        await played.breaks(Fault.WORKER)
        assert "ProcessDown" in await watch.prometheus.alerts()
        await played.mends(Fault.WORKER)
        await played.tells_the_rest(Fault.WORKER)
        fired = await watch.have_fired()
    assert len(played.messages) == 2, shown.getvalue()
    began, over = played.messages
    assert re.fullmatch(
        r"CRITICAL: NobodyTakesTasks\n"
        r"No worker asks for tasks: nobody is answered\. What people write is kept\.\n"
        r"Since \d\d:\d\d UTC\. What to do: docs/runbook\.md#nobodytakestasks",
        began,
    )
    assert re.fullmatch(r"OVER: NobodyTakesTasks\nIt fired from \d\d:\d\d to \d\d:\d\d UTC, for (\d+m)?\d+s\.", over)
    assert fired == {"NobodyTakesTasks", "ProcessDown"}
    assert played.pages == ["NobodyTakesTasks"]
    assert "She never had to write twice." in shown.getvalue()
