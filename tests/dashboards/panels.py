"""The panels of the dashboards, as Grafana takes them from their files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.grafana.written import written


@dataclass(frozen=True)
class Panel:
    """A panel of a dashboard."""

    board: str
    row: str
    title: str
    kind: str
    unit: str
    lines: tuple[tuple[str, str], ...]
    """The name and the expression of each."""
    limits: tuple[float, ...]


def boards() -> dict[str, dict[str, Any]]:
    """The dashboards by their files."""
    return {name: json.loads(text) for name, text in written().items()}


def panels() -> Iterator[Panel]:
    """The panels of all of them, with everything chosen above them."""
    for board in boards().values():
        row = ""
        for panel in board["panels"]:
            if panel["type"] == "row":
                row = panel["title"]
                continue
            defaults = panel["fieldConfig"]["defaults"]
            steps = defaults["thresholds"]["steps"]
            yield Panel(
                board=board["title"].removeprefix("Selfology: "),
                row=row,
                title=panel["title"],
                kind=panel["type"],
                unit=defaults["unit"],
                lines=tuple((t["legendFormat"], t["expr"].replace("$task_queue", ".+")) for t in panel["targets"]),
                limits=tuple(step["value"] for step in steps if step["value"] is not None),
            )
