"""The product at a glance: what somebody looks at first when the phone rings."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.models import cost
from deploy.grafana.objectives import OBJECTIVES
from deploy.grafana.panels import BAD, WORTH_A_LOOK, Line, board, graph, number
from deploy.grafana.people import people_who_began
from deploy.grafana.promql import highest, known, or_zero, percentile, rate
from deploy.grafana.temporal_metrics import FIRING, NOW, UP
from schema import metrics

NOT_SENT = 'outcome!="sent"'

BOARD = board(
    "Selfology: the product at a glance",
    "glance",
    "Whether people are answered, in time, and at what cost.",
    {
        "Now": [
            number(
                "Alerts that fire",
                "docs/runbook.md has a paragraph for each.",
                units.Short,
                or_zero(f"count({highest(FIRING, 'alertname', where=NOW)})"),
                limits={BAD: 1},
            ),
            number(
                "Processes that are down",
                "Of workers, the bot, vectors and Temporal, as Prometheus finds them.",
                units.Short,
                or_zero(f'count({UP.exposed}{{job=~"selfology-.*|temporal"}} == 0)'),
                limits={BAD: 1},
            ),
            number(
                "Sessions under way",
                "Somebody is asked, or rests between two answers.",
                units.Short,
                f"sum({highest(metrics.SESSIONS_OPEN, 'status')})",
            ),
            people_who_began(width=4),
            number(
                "Feedback, 95 of 100 within",
                "From an answer to its feedback and the next question, in the last hour.",
                units.Seconds,
                known(percentile(0.95, metrics.ANSWER_FEEDBACK, window="1h")),
                limits={WORTH_A_LOOK: 0.5, BAD: 1.5},
            ),
            number(
                "Language models, in 24 hours",
                "What they cost.",
                units.Dollars,
                or_zero(cost(window="1d")),
            ),
        ],
        "Objectives": [
            *(objective.budget_left for objective in OBJECTIVES),
            *(objective.burn for objective in OBJECTIVES),
        ],
        "What people notice": [
            graph(
                "Answers and replies a minute",
                "Feedback on answers in sessions, and replies of the coach.",
                units.Short,
                Line(or_zero(f"60 * {rate(metrics.ANSWER_FEEDBACK)}"), "answers"),
                Line(or_zero(f"60 * {rate(metrics.REPLIES)}"), "replies"),
            ),
            graph(
                "How long people wait",
                "95 of 100 wait at most so long. A message to one person is held for a second after the one before.",
                units.Seconds,
                Line(percentile(0.95, metrics.ANSWER_FEEDBACK), "feedback"),
                Line(percentile(0.95, metrics.REPLY), "reply"),
            ),
            graph(
                "Messages that do not go through at once",
                "The share of sends to Telegram with another outcome than sent. They are tried again.",
                units.PercentUnit,
                Line(
                    f"({or_zero(rate(metrics.SENDS, where=NOT_SENT))}) / {rate(metrics.SENDS)}",
                    "not at once",
                ),
                limits={WORTH_A_LOOK: 0.05},
            ),
        ],
    },
)
