"""Begins what a process tells of itself: the log of Temporal's core, metrics and traces."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from schema.metrics import buckets
from schema.operator_error import OperatorError
from workers.logs import core_runtime
from workers.telemetry.process import keep_measuring_process
from workers.telemetry.settings import METRICS_PORTS, TelemetrySettings
from workers.telemetry.tracing import start_tracing

if TYPE_CHECKING:
    from temporalio.runtime import PrometheusConfig


# The SDK's own bounds begin at 0.05 or 0.1 s, and nearly all that it measures here is quicker.
_QUICK = (
    *("workflow_task_schedule_to_start_latency", "activity_schedule_to_start_latency", "request_latency"),
    *("activity_execution_latency", "local_activity_execution_latency"),
)
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


@cache
def start_telemetry(process: str) -> None:
    """Begins it under the name of a kind of process, such as "worker". Call it before the first client is created.

    Raises `OperatorError` when the port of metrics is taken, or this install lacks what traces need.
    """
    from temporalio.runtime import Runtime  # noqa: PLC0415

    served = served_metrics(process, TelemetrySettings())
    try:
        Runtime.set_default(core_runtime(served), error_if_already_set=False)
    except (RuntimeError, ValueError):
        if served is None:
            raise
        raise OperatorError(
            f"Metrics can't be served at {served.bind_address}: set SELFOLOGY_METRICS_HOST to an address of this"
            " machine, and SELFOLOGY_METRICS_PORT to a port that is free."
        ) from None
    if served is not None:
        keep_measuring_process()
    start_tracing(process)


def served_metrics(process: str, settings: TelemetrySettings) -> PrometheusConfig | None:
    """How metrics are served to Prometheus: by its conventions for names and units. None where nobody asks for them."""
    from temporalio.runtime import PrometheusConfig  # noqa: PLC0415

    if settings.metrics_host is None:
        return None
    port = settings.metrics_port or METRICS_PORTS[process]
    return PrometheusConfig(
        bind_address=f"{settings.metrics_host}:{port}",
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
        histogram_bucket_overrides={**buckets(), **dict.fromkeys(_QUICK, _BOUNDS)},
    )
