"""The database: whether it answers, how fast, how full it is, and what takes long in it."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.panels import BAD, WORTH_A_LOOK, Line, board, graph, number
from deploy.grafana.promql import highest, highest_five, percentile, rate
from deploy.grafana.temporal_metrics import DISK_FREE, DISK_SIZE, LOCAL_ACTIVITY
from schema import metrics

REAL_DISKS = 'fstype!~"tmpfs|overlay"'

BOARD = board(
    "Selfology: database",
    "database",
    "Whether PostgreSQL answers, how fast, how full it is, and what takes long in it.",
    {
        "Now": [
            number(
                "Processes of workers that it does not answer",
                "While it is away, Temporal keeps what people write.",
                units.Short,
                f"count({metrics.DATABASE_UP.exposed}) - sum({metrics.DATABASE_UP.exposed})",
                limits={BAD: 1},
                width=6,
            ),
            number(
                "Its answer to the smallest statement",
                "More than a tenth of a second is an alert.",
                units.Seconds,
                f"min({metrics.DATABASE_LATENCY.exposed})",
                limits={WORTH_A_LOOK: 0.1},
                width=6,
            ),
            number(
                "Connections in use",
                "Of those that it allows.",
                units.PercentUnit,
                highest(metrics.DATABASE_CONNECTIONS),
                limits={WORTH_A_LOOK: 0.8},
                width=6,
            ),
            number(
                "Its size",
                "What the product's database takes on its disk.",
                units.BytesIEC,
                highest(metrics.DATABASE_SIZE),
                width=6,
            ),
        ],
        "Over time": [
            graph(
                "Its answer to the smallest statement",
                "As each process of workers measures it, once a minute.",
                units.Seconds,
                Line(highest(metrics.DATABASE_LATENCY, "instance"), "{{instance}}"),
                limits={WORTH_A_LOOK: 0.1},
            ),
            graph(
                "Connections in use",
                "Of those that it allows. From 80 % on it is an alert.",
                units.PercentUnit,
                Line(highest(metrics.DATABASE_CONNECTIONS), "in use"),
                limits={WORTH_A_LOOK: 0.8},
            ),
            graph(
                "Its size",
                "What the product's database takes on its disk.",
                units.BytesIEC,
                Line(highest(metrics.DATABASE_SIZE), "size"),
            ),
            graph(
                "How long its activities take",
                "Local activities read and write it, and do little else: 95 of 100, the five slowest kinds.",
                units.Seconds,
                Line(highest_five(percentile(0.95, LOCAL_ACTIVITY, "activity_type")), "{{activity_type}}"),
            ),
            graph(
                "Its activities a second",
                "Local activities, the five most frequent kinds.",
                units.Short,
                Line(highest_five(rate(LOCAL_ACTIVITY, "activity_type")), "{{activity_type}}"),
            ),
            graph(
                "What is left of disks",
                "By the node exporter of the machines that have databases. Below a tenth it is an alert.",
                units.PercentUnit,
                Line(
                    f"min by (instance, mountpoint) ({DISK_FREE.exposed}{{{REAL_DISKS}}} / {DISK_SIZE.exposed})",
                    "{{instance}} {{mountpoint}}",
                ),
            ),
        ],
    },
)
