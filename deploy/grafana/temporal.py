"""Temporal and workers: whether tasks are taken, whether they succeed, and what that takes."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.panels import BAD, QUEUES, WORTH_A_LOOK, Line, board, graph
from deploy.grafana.promql import highest, highest_five, or_zero, percentile, rate, summed
from deploy.grafana.temporal_metrics import (
    ACTIVITIES_FAILED,
    ACTIVITY,
    ACTIVITY_WAIT,
    CACHED,
    OF_PROCESSES,
    POLLERS,
    REQUEST,
    REQUESTS_FAILED,
    SLOTS_FREE,
    SLOTS_USED,
    STORE_ERRORS,
    STORED,
    STORED_REQUESTS,
    TASK,
    TASK_WAIT,
    TASKS_FAILED,
)
from schema import metrics

HERE = f"{OF_PROCESSES}, {QUEUES}"
NO_FAULT = 'error_type!~".*(NotFound|ConditionFailed|AlreadyStarted).*"'
"""What Temporal's server is told in its ordinary course is no fault of its database."""

_used = summed(SLOTS_USED, "task_queue", "worker_type", where=HERE)

BOARD = board(
    "Selfology: Temporal and workers",
    "temporal",
    "Whether tasks are taken, whether they succeed, and what that takes.",
    {
        "Waiting for a worker": [
            graph(
                "Workflow tasks wait",
                "95 of 100 are taken within. Longer than a second: start another worker.",
                units.Seconds,
                Line(percentile(0.95, TASK_WAIT, "task_queue", where=HERE), "{{task_queue}}"),
                limits={WORTH_A_LOOK: 1},
            ),
            graph(
                "Activities wait",
                "The same for activities. Those of providers wait on purpose at the rate that is set for them.",
                units.Seconds,
                Line(percentile(0.95, ACTIVITY_WAIT, "task_queue", where=HERE), "{{task_queue}}"),
                limits={WORTH_A_LOOK: 5},
            ),
            graph(
                "Slots in use",
                "Of what workers may run at once. At 100 % tasks wait, though there are workers.",
                units.PercentUnit,
                Line(
                    f"{_used} / ({_used} + {summed(SLOTS_FREE, 'task_queue', 'worker_type', where=HERE)})",
                    "{{task_queue}} {{worker_type}}",
                ),
            ),
        ],
        "Work": [
            graph(
                "Tasks and activities a second",
                "Workflow tasks, and remote activities by task queue.",
                units.Short,
                Line(rate(TASK, where=HERE), "workflow tasks"),
                Line(rate(ACTIVITY, "task_queue", where=HERE), "{{task_queue}}"),
            ),
            graph(
                "How long activities take",
                "95 of 100 are done within; the five slowest kinds.",
                units.Seconds,
                Line(highest_five(percentile(0.95, ACTIVITY, "activity_type", where=HERE)), "{{activity_type}}"),
            ),
            graph(
                "What fails, a minute",
                "Any workflow task is an alert: a fault in the code, or a history that it does not replay."
                " Activities are tried again.",
                units.Short,
                Line(or_zero(f"60 * {rate(TASKS_FAILED, where=HERE)}"), "workflow tasks"),
                Line(or_zero(f"60 * {rate(ACTIVITIES_FAILED, where=HERE)}"), "activities"),
                Line(f"60 * {rate(ACTIVITIES_FAILED, 'activity_type', where=HERE)}", "{{activity_type}}"),
            ),
        ],
        "Processes": [
            graph(
                "Memory",
                "The most that each process has taken. From 1.5 GB on it is an alert.",
                units.BytesSI,
                Line(highest(metrics.MEMORY, "job", "instance"), "{{job}} {{instance}}"),
                limits={WORTH_A_LOOK: 1.5e9},
                width=6,
            ),
            graph(
                "Processor",
                "Of the one core that a process of Python has.",
                units.PercentUnit,
                Line(f"max by (job, instance) (rate({metrics.CPU.exposed}[5m]))", "{{job}} {{instance}}"),
                limits={WORTH_A_LOOK: 0.9},
                width=6,
            ),
            graph(
                "Workflows kept in memory",
                "By each worker; 52 to 88 KiB each.",
                units.Short,
                Line(highest(CACHED, "instance", where=HERE), "{{instance}}"),
                width=6,
            ),
            graph(
                "Who asks for tasks",
                "Requests for tasks that wait at the server. Without one, nobody takes what is on the queue.",
                units.Short,
                Line(summed(POLLERS, "task_queue", where=HERE), "{{task_queue}}"),
                width=6,
            ),
        ],
        "Temporal's server": [
            graph(
                "How long it takes to answer",
                "Our processes, but for requests that wait for tasks: 95 of 100, the five slowest kinds.",
                units.Seconds,
                Line(highest_five(percentile(0.95, REQUEST, "operation", where=OF_PROCESSES)), "{{operation}}"),
                width=6,
            ),
            graph(
                "Requests that it refuses, a minute",
                "NOT_FOUND is ordinary: who writes may have no session.",
                units.Short,
                Line(
                    f"60 * {rate(REQUESTS_FAILED, 'status_code', where=OF_PROCESSES)}",
                    "{{status_code}}",
                ),
                width=6,
            ),
            graph(
                "Its own database",
                "95 of 100 statements are done within; the five slowest kinds.",
                units.Seconds,
                Line(highest_five(percentile(0.95, STORED, "operation")), "{{operation}}"),
                width=6,
                limits={BAD: 0.5},
            ),
            graph(
                "Its own database refuses",
                "The share of statements that fail, without what is ordinary. Above 1 % it is an alert.",
                units.PercentUnit,
                Line(f"({or_zero(rate(STORE_ERRORS, where=NO_FAULT))}) / {rate(STORED_REQUESTS)}", "refused"),
                limits={BAD: 0.01},
                width=6,
            ),
        ],
    },
    by_queue=True,
)
