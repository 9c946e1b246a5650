"""What a dashboard is made of: graphs, numbers and bars, alike in all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from string import ascii_uppercase
from typing import TypeAlias, TypeVar

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BigValueColorMode,
    BigValueGraphMode,
    DataSourceRef,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    Threshold,
    ThresholdsMode,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from deploy.grafana.promql import highest
from deploy.grafana.temporal_metrics import FIRING, NOW, OF_PROCESSES, POLLERS

SOURCE = DataSourceRef(type_val="prometheus", uid="prometheus")
"""The data source of `provisioning/datasources`."""
QUEUES = 'task_queue=~"$task_queue"'
"""The task queues that somebody has chosen above the dashboard."""

GOOD, WORTH_A_LOOK, BAD = "green", "yellow", "red"

Limits: TypeAlias = Mapping[str, float]
"""From which value on something has a colour; it is good below them."""


@dataclass(frozen=True)
class Line:
    """What is asked of Prometheus, and what it is called: `{{label}}` stands for a label."""

    expression: str
    name: str


Panel: TypeAlias = timeseries.Panel | stat.Panel | bargauge.Panel
P = TypeVar("P", timeseries.Panel, stat.Panel, bargauge.Panel)


def graph(
    title: str,
    description: str,
    unit: str,
    *lines: Line,
    limits: Limits | None = None,
    stacked: bool = False,
    width: int = 8,
) -> timeseries.Panel:
    """Lines over time, with a dashed one where an alert begins."""
    panel = _described(timeseries.Panel(), title, description, unit, limits).span(width).height(7)
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    panel.legend(legend.show_legend(True))
    panel.tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
    panel.axis_soft_min(0).line_width(2).fill_opacity(40 if stacked else 8)
    if stacked:
        panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL))
    if limits:
        panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))
    return panel.targets([_target(line, ref).range() for line, ref in zip(lines, ascii_uppercase, strict=False)])


def number(
    title: str,
    description: str,
    unit: str,
    expression: str,
    *,
    limits: Limits | None = None,
    lowest: str = GOOD,
    width: int = 4,
) -> stat.Panel:
    """One number of now, which has the colour of the highest limit that it has come to, or the `lowest`."""
    panel = (
        _described(stat.Panel(), title, description, unit, limits, lowest=lowest)
        .span(width)
        .height(4)
        .no_value("none yet")
    )
    panel.graph_mode(BigValueGraphMode.NONE)
    panel.color_mode(BigValueColorMode.VALUE if limits else BigValueColorMode.NONE)
    return panel.with_target(_target(Line(expression, title), "A").instant())


def bars(title: str, description: str, unit: str, line: Line) -> bargauge.Panel:
    """A bar for each value of a label, of now."""
    panel = _described(bargauge.Panel(), title, description, unit, None).span(8).height(7).min(0).no_value("none yet")
    panel.display_mode(BarGaugeDisplayMode.BASIC).orientation(VizOrientation.HORIZONTAL)
    return panel.with_target(_target(line, "A").instant())


def board(
    title: str, name: str, description: str, rows: Mapping[str, Sequence[Panel]], *, by_queue: bool = False
) -> dashboard.Dashboard:
    """A dashboard of rows of panels; `by_queue` lets one choose the `QUEUES` of its expressions.

    All of them are linked to each other, and mark when alerts fire.
    """
    made = dashboard.Dashboard(title).uid(f"selfology-{name}").description(description).tags(["selfology"]).readonly()
    made.time("now-6h", "now").refresh("1m").tooltip(DashboardCursorSync.CROSSHAIR)
    link = dashboard.DashboardLink("Selfology").type(DashboardLinkType.DASHBOARDS).tags(["selfology"])
    made.link(link.as_dropdown(True).keep_time(True))
    alerts = dashboard.AnnotationQuery().name("Alerts").datasource(SOURCE).icon_color(BAD)
    made.annotation(alerts.expr(highest(FIRING, "alertname", "severity", where=NOW)))
    if by_queue:
        made.with_variable(_chosen_queues())
    ids = count(1)
    for row, panels in rows.items():
        made.with_row(dashboard.Row(row).id(next(ids)))
        for panel in panels:
            made.with_panel(panel.id(next(ids)))
    return made


def _chosen_queues() -> dashboard.QueryVariable:
    chosen = dashboard.QueryVariable("task_queue").label("Task queue").datasource(SOURCE)
    chosen.query(f"label_values({POLLERS.exposed}{{{OF_PROCESSES}}}, task_queue)")
    chosen.refresh(VariableRefresh.ON_TIME_RANGE_CHANGED).sort(VariableSort.ALPHABETICAL_ASC)
    every = VariableOption(selected=True, text="All", value="$__all")
    return chosen.multi(True).include_all(True).all_value(".+").current(every)


def _described(panel: P, title: str, description: str, unit: str, limits: Limits | None, *, lowest: str = GOOD) -> P:
    steps = [Threshold(None, lowest), *(Threshold(value, colour) for colour, value in (limits or {}).items())]
    thresholds = dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)
    if unit == units.Short and isinstance(panel, (stat.Panel, bargauge.Panel)):
        # Prometheus stretches what it has seen over the whole window, so a count is hardly ever whole.
        panel.decimals(0)
    return panel.title(title).description(description).unit(unit).datasource(SOURCE).thresholds(thresholds)


def _target(line: Line, ref: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().ref_id(ref).expr(line.expression).legend_format(line.name).datasource(SOURCE)
