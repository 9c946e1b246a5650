"""Expressions of PromQL over metrics that this code knows: a name or a label that is not there is an error here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from schema.metrics import Duration, Metric

ALERTS = Path(__file__).parents[1] / "prometheus" / "alerts.yaml"
OF_ANY = {"job", "instance", "le", "task_queue", "workflow_type", "activity_type"}
"""Labels that Prometheus adds, and the SDK to what is measured in a workflow or an activity."""

_MATCHER = re.compile(r'(\w+) *(?:=~|!~|!=|=) *"[^"]*"')
_RECORDED = {
    rule["record"]
    for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    for rule in group["rules"]
    if "record" in rule
}


def rate(metric: Metric, *by: str, where: str = "", window: str = "5m") -> str:
    """How much of it comes in a second. Of a duration: how many."""
    return _over("sum", metric, by, f"rate({_counted(metric, where)}[{window}])")


def increase(metric: Metric, *by: str, where: str = "", window: str) -> str:
    """How much of it came within the window."""
    return _over("sum", metric, by, f"increase({_counted(metric, where)}[{window}])")


def within(duration: Duration, seconds: float, *, where: str = "", window: str) -> str:
    """How many took at most so long. Raises `ValueError` for what is no bound of a bucket."""
    if seconds not in duration.buckets:
        raise ValueError(f"{duration.name} has no bucket of {seconds} s")
    return f"sum(increase({up_to(duration, seconds, where=where)}[{window}]))"


def up_to(duration: Duration, seconds: float, *, where: str = "") -> str:
    """The bucket of those that took at most so long. Prometheus 3 writes a bound of 3 s as 3.0, earlier ones as 3."""
    bound = f'le=~"{seconds:g}([.]0)?"' if float(seconds).is_integer() else f'le="{seconds:g}"'
    return _selected(duration, f"{duration.exposed}_bucket", ", ".join(filter(None, [bound, where])))


def percentile(share: float, duration: Duration, *by: str, where: str = "", window: str = "5m") -> str:
    """Within how long this share of them is done; not a number while there are none."""
    series = _selected(duration, f"{duration.exposed}_bucket", where)
    return f"histogram_quantile({share}, {_over('sum', duration, ('le', *by), f'rate({series}[{window}])')})"


def highest(metric: Metric, *by: str, where: str = "") -> str:
    """The highest of what several processes tell of the same thing."""
    return _over("max", metric, by, _selected(metric, metric.exposed, where))


def summed(metric: Metric, *by: str, where: str = "") -> str:
    """What several processes have together."""
    return _over("sum", metric, by, _selected(metric, metric.exposed, where))


def or_zero(expression: str) -> str:
    """Zero where nothing was counted yet: a counter is there from its first event."""
    return f"({expression}) or vector(0)"


def known(expression: str) -> str:
    """Nothing in place of what is not a number, as of nothing by nothing."""
    return f"({expression}) > -Inf"


def highest_five(expression: str) -> str:
    """The five highest of them."""
    return f"topk(5, {expression})"


def recorded(name: str) -> str:
    """What a rule beside the alerts records. Raises `ValueError` when none does."""
    if name not in _RECORDED:
        raise ValueError(f"{name} is not recorded in {ALERTS.name}")
    return name


def _counted(metric: Metric, where: str) -> str:
    name = f"{metric.exposed}_count" if isinstance(metric, Duration) else metric.exposed
    return _selected(metric, name, where)


def _selected(metric: Metric, name: str, where: str) -> str:
    _checked(metric, _MATCHER.findall(where))
    return f"{name}{{{where}}}" if where else name


def _over(how: str, metric: Metric, by: Sequence[str], series: str) -> str:
    _checked(metric, by)
    return f"{how} by ({', '.join(by)}) ({series})" if by else f"{how}({series})"


def _checked(metric: Metric, labels: Sequence[str]) -> None:
    if unknown := set(labels) - set(metric.labels) - OF_ANY:
        raise ValueError(f"{metric.name} has no label {', '.join(sorted(unknown))}")
