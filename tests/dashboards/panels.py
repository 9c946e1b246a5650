"""The panels of the dashboards, as Grafana takes them from their files."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.grafana.written import written


@dataclass(frozen=True)
class Panel:
    """A panel of a dashboard."""

    file: str
    """Of its dashboard, without the ending."""
    board: str
    about: str
    row: str
    title: str
    kind: str
    unit: str
    lines: tuple[tuple[str, str], ...]
    """The name and the expression of each."""
    decimals: int | None
    limits: tuple[tuple[float, str], ...]
    """The values from which on it has another colour."""
    w: int
    h: int


def boards() -> dict[str, dict[str, Any]]:
    """The dashboards by their files."""
    return {name: json.loads(text) for name, text in written().items()}


def panels() -> Iterator[Panel]:
    """The panels of all of them, with everything chosen above them."""
    for file, board in boards().items():
        row = ""
        for panel in board["panels"]:
            if panel["type"] == "row":
                row = panel["title"]
                continue
            defaults = panel["fieldConfig"]["defaults"]
            steps = defaults["thresholds"]["steps"]
            yield Panel(
                file=file.removesuffix(".json"),
                about=board["description"],
                board=board["title"],
                row=row,
                title=panel["title"],
                kind=panel["type"],
                unit=defaults["unit"],
                lines=tuple((t["legendFormat"], t["expr"].replace("$task_queue", ".+")) for t in panel["targets"]),
                decimals=defaults.get("decimals"),
                limits=tuple((-math.inf if step["value"] is None else step["value"], step["color"]) for step in steps),
                w=panel["gridPos"]["w"],
                h=panel["gridPos"]["h"],
            )
