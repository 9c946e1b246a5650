"""Metrics that are not the product's: of Temporal's SDK in each process, of Temporal's server, and of Prometheus.

A test holds them to what a running system tells.
"""

from __future__ import annotations

from dataclasses import dataclass

from schema.metrics import Counter, Duration, Gauge

OF_PROCESSES = 'job=~"selfology-.*"'
"""The server has pollers and slots of its own, under the same names."""

TASK_WAIT = Duration(
    "temporal_workflow_task_schedule_to_start_latency", "From a workflow task to a worker that takes it"
)
ACTIVITY_WAIT = Duration("temporal_activity_schedule_to_start_latency", "The same for activities")
TASK = Duration("temporal_workflow_task_execution_latency", "How long workers take for a workflow task")
TASKS_FAILED = Counter("temporal_workflow_task_execution_failed", "Workflow tasks that failed", ("failure_reason",))
ACTIVITY = Duration("temporal_activity_execution_latency", "How long activities take")
ACTIVITIES_FAILED = Counter("temporal_activity_execution_failed", "Activities that failed", ("failure_reason",))
LOCAL_ACTIVITY = Duration("temporal_local_activity_execution_latency", "How long local activities take")
POLLERS = Gauge("temporal_num_pollers", "Requests for tasks that wait", ("poller_type",))
SLOTS_USED = Gauge("temporal_worker_task_slots_used", "What runs", ("worker_type",))
SLOTS_FREE = Gauge("temporal_worker_task_slots_available", "What could run besides", ("worker_type",))
CACHED = Gauge("temporal_sticky_cache_size", "Workflows that a worker keeps")
REQUEST = Duration("temporal_request_latency", "How long Temporal takes to answer", ("operation",))
REQUESTS_FAILED = Counter("temporal_request_failure", "Requests that it refused", ("operation", "status_code"))


@dataclass(frozen=True)
class ServerCounter(Counter):
    """A counter of Temporal's server, which adds nothing to its name."""

    @property
    def exposed(self) -> str:
        return self.name


@dataclass(frozen=True)
class ServerDuration(Duration):
    """A duration of Temporal's server, in seconds, though its name does not say so."""

    @property
    def exposed(self) -> str:
        return self.name


STORED = ServerDuration("persistence_latency", "How long Temporal's own database takes", ("operation",))
STORED_REQUESTS = ServerCounter("persistence_requests", "What Temporal asks of it", ("operation",))
STORE_ERRORS = ServerCounter("persistence_error_with_type", "What it refuses", ("error_type",))

UP = Gauge("up", "1 while a process answers Prometheus, else 0")
FIRING = Gauge("ALERTS", "Alerts", ("alertstate", "alertname", "severity"))
NOW = 'alertstate="firing"'
DISK_FREE = Gauge(
    "node_filesystem_avail_bytes", "What is left of a disk, by the node exporter", ("mountpoint", "fstype")
)
DISK_SIZE = Gauge("node_filesystem_size_bytes", "What a disk holds", ("mountpoint", "fstype"))
